// How often a caller may ask.
export { createThrottle, type Throttle } from './throttle.ts'
