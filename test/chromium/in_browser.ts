// Declares a test on a page: a server by its name, a browser of its own, and nothing that the browser would not do.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openScene, type Scene } from '../oauth/scene.ts'
import { Chromium, findChromium } from './chromium.ts'

const found = findChromium()

/** Where there is no browser the test is skipped, and says so. */
export function inBrowser(title: string, run: (browser: Chromium, scene: Scene) => Promise<void>): void {
  void test(title, async (t) => {
    if ('skip' in found) {
      t.skip(found.skip)
      return
    }
    await using scene = await openScene({ host: 'localhost' })
    await using browser = await Chromium.open(found.program)
    await run(browser, scene)
    assert.deepEqual(browser.complaints, [])
  })
}
