// Every cell of the matrix of permissions, of both apps, on both engines.
import { matrixTests } from './suite.ts'

matrixTests(undefined)
