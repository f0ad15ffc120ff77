// The one script of the pages: it asks the browser for a passkey and sends the form. Of its own address, never inline.
import type { House } from '../../call/house.ts'
import { issuerOf } from '../../features/oauth/index.ts'
import type { Route } from '../http/route.ts'

const path = '/oauth/passkey.js'

/** Where it is, as the page and its policy name it. */
export const passkeyScriptAt = (house: House): string => `${issuerOf(house).replace(/\/$/, '')}${path}`

/**
 * What is asked is in the form, what is answered goes into the form: the script calls no server. The button is there
 * once the script is, since without it the button could do nothing. No control's name is the id of another: a form
 * answers a list for both.
 */
export const passkeyScript = `'use strict'
{
  const form = document.forms[0]
  const button = document.getElementById('ask')
  const fault = document.getElementById('fault')
  const answer = form.elements.namedItem('passkey')
  const say = (text) => {
    fault.textContent = text
    fault.hidden = text === ''
  }
  const ask = async () => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(form.dataset.options))
    const credential = await navigator.credentials.get({ publicKey })
    answer.value = JSON.stringify(credential.toJSON())
    form.requestSubmit(button)
  }
  button.addEventListener('click', (event) => {
    if (answer.value !== '') return
    event.preventDefault()
    say('')
    ask().catch(() => say('The passkey was not given. Try once more, or sign in another way.'))
  })
  if (globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON === undefined)
    say('This browser knows no passkeys. Sign in another way.')
  else button.hidden = false
}
`

const keptSeconds = 300

export const passkeyScriptRoute: Route = {
  method: 'GET',
  path,
  name: `oauth ${path}`,
  produces: ['text/javascript'],
  handle: () => ({
    status: 200,
    headers: { 'Cache-Control': `public, max-age=${keptSeconds}` },
    body: passkeyScript,
    type: 'text/javascript; charset=utf-8',
  }),
}
