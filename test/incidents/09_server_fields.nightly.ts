// Two thousand bodies that try to set more than a client may, on each engine.
import { serverFieldTests } from './server_fields.ts'

serverFieldTests(2_000)
