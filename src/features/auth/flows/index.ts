// Every operation of sign-in.
export { forgot, reset, change } from './password.ts'
export { login } from './login.ts'
export { logout } from './logout.ts'
export { me } from './me.ts'
export { refresh } from './refresh.ts'
export { register } from './register.ts'
export { verify, verifySend } from './verify.ts'
