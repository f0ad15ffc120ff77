// The reader of the contract: one page, self-contained.
export { docsPage } from './page.ts'
