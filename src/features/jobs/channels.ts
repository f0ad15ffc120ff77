// What wakes the workers: jobs that were promised, and jobs that are to stop.
export const channels = Object.freeze({ jobs: 'jobs', cancel: 'jobs_cancel' })
