// Schedules of every minute: a thousand times and more in each of two nights.
import { scheduleTests } from './test_schedules.ts'

scheduleTests(1)
