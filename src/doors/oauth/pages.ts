// The pages of a sign-in: who are you, the second factor, a passkey, and may this application.
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
    buttons('Sign in', 'Cancel') +
    byPasskey
  const body = `<p>${escaped(state.client)} asks you to sign in.</p>${formOf(state, fields)}`
  return page(`Sign in to ${state.app}`, body)
}

const byPasskey = '<button name="decision" value="passkey" formnovalidate>Use a passkey</button>'
const cancel = '<button name="decision" value="no" formnovalidate>Cancel</button>'

/** A sign-in that waits for its second factor: sealed, and what it takes. */
export interface Waiting {
  readonly sealed: string
  readonly methods: readonly string[]
}

const waitingField = (waiting: Waiting | undefined): string =>
  waiting === undefined ? '' : `<input type="hidden" name="waiting" value="${escaped(waiting.sealed)}">`

/** Asks for what the account has: a code of the app or a recovery code, a passkey. */
export function factorPage(state: FormState, waiting: Waiting): string {
  const code =
    '<label>Code of your authenticator app, or a recovery code' +
    '<input name="code" autocomplete="one-time-code" required autofocus></label>'
  const hasCode = waiting.methods.some((method) => method !== 'passkey')
  const fields =
    waitingField(waiting) +
    (hasCode ? code + buttons('Continue', 'Cancel') : cancel) +
    (waiting.methods.includes('passkey') ? byPasskey : '')
  return page('Second factor', formOf(state, fields))
}

/** What a passkey must sign, and the script that asks the browser for it. */
export interface PasskeyAsked {
  readonly options: unknown
  readonly script: string
}

/** Asks for a passkey: alone, or as the second factor of what waits. */
export function passkeyPage(state: FormState, { options, script }: PasskeyAsked, waiting: Waiting | undefined): string {
  const form =
    `<form method="post" data-options="${escaped(JSON.stringify(options))}">` +
    `<input type="hidden" name="form" value="${escaped(state.form)}">${waitingField(waiting)}` +
    '<input type="hidden" name="passkey" value="">' +
    `<button id="ask" name="decision" value="yes" hidden>Use your passkey</button>${cancel}</form>`
  const body =
    '<noscript><p>A passkey needs JavaScript, which this browser does not run.</p></noscript>' +
    `<p id="fault" class="fault" role="alert" hidden></p>${form}<p><a href="">Sign in another way</a></p>` +
    `<script src="${escaped(script)}" defer></script>`
  return page(`Sign in to ${state.app}`, body)
}

/** Asks whether the application may. */
export function consentPage(state: FormState, words: readonly string[]): string {
  const list = words.map((said) => `<li>${escaped(said)}</li>`).join('')
  const body =
    `<p>${escaped(state.client)} wants to:</p><ul>${list}</ul>` +
    `<p>You can take this back at any time.</p>${formOf(state, buttons('Allow', 'Refuse'))}`
  return page(`Allow ${state.client}?`, body)
}
