// The three pages of a sign-in: who are you, the second factor, and may this application.
import { escaped, page } from '../../features/oauth/index.ts'

/** What every form carries: a code that only our own page can have been given. */
export interface FormState {
  readonly app: string
  readonly client: string
  readonly form: string
  /** What went wrong with the try before. */
  readonly fault?: string | undefined
}

const buttons = (yes: string, no: string): string =>
  `<button name="decision" value="yes">${yes}</button><button name="decision" value="no" formnovalidate>${no}</button>`

function formOf({ form, fault }: FormState, fields: string): string {
  const said = fault === undefined ? '' : `<p class="fault" role="alert">${escaped(fault)}</p>`
  return `${said}<form method="post"><input type="hidden" name="form" value="${escaped(form)}">${fields}</form>`
}

/** Asks for the address and the password. */
export function signInPage(state: FormState, email: string): string {
  const fields =
    `<label>Email<input name="email" type="email" autocomplete="username" required value="${escaped(email)}"></label>` +
    '<label>Password<input name="password" type="password" autocomplete="current-password" required></label>' +
    buttons('Sign in', 'Cancel')
  const body = `<p>${escaped(state.client)} asks you to sign in.</p>${formOf(state, fields)}`
  return page(`Sign in to ${state.app}`, body)
}

/** Asks for a code of the app, or a recovery code. `waiting` is the sealed state of the sign-in. */
export function factorPage(state: FormState, waiting: string): string {
  const fields =
    `<input type="hidden" name="waiting" value="${escaped(waiting)}">` +
    '<label>Code of your authenticator app, or a recovery code' +
    '<input name="code" autocomplete="one-time-code" required autofocus></label>' +
    buttons('Continue', 'Cancel')
  return page('Second factor', formOf(state, fields))
}

/** Asks whether the application may. */
export function consentPage(state: FormState, words: readonly string[]): string {
  const list = words.map((said) => `<li>${escaped(said)}</li>`).join('')
  const body =
    `<p>${escaped(state.client)} wants to:</p><ul>${list}</ul>` +
    `<p>You can take this back at any time.</p>${formOf(state, buttons('Allow', 'Refuse'))}`
  return page(`Allow ${state.client}?`, body)
}
