// Signatures: the vectors of RFC 8032, and what is not one.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isSigned, signerOf } from './sign.ts'

const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex')

void describe('sign', () => {
  void test('the first vector of RFC 8032', () => {
    const signer = signerOf(seed)

    const [first, second] = [
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155',
      '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ]
    assert.equal(
      Buffer.from(signer.publicKey, 'base64url').toString('hex'),
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    )
    assert.equal(Buffer.from(signer.sign(''), 'base64url').toString('hex'), `${first}${second}`)
  })

  void test('only the text that was signed, by the key that signed it', () => {
    const signer = signerOf(seed)
    const other = signerOf(Buffer.alloc(32, 1))
    const signature = signer.sign('one')

    assert.equal(isSigned(signer.publicKey, 'one', signature), true)
    assert.equal(isSigned(signer.publicKey, 'two', signature), false)
    assert.equal(isSigned(other.publicKey, 'one', signature), false)
    assert.equal(isSigned(signer.publicKey, 'one', `${signature}=`), false)
    assert.equal(isSigned(signer.publicKey, 'one', ''), false)
    assert.equal(isSigned('no key', 'one', signature), false)
  })

  void test('a seed has 32 bytes', () => {
    assert.throws(() => signerOf(new Uint8Array(31)), /32 bytes/)
  })
})
