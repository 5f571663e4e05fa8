// The reference reader itself: Yjs 13 and quill-delta agree on what a body is. Never talks to Sheaf.
import assert from 'node:assert/strict'
import test from 'node:test'
import { Body } from './body.mjs'

function founded (client) {
  const body = new Body(client)
  body.edit([{ insert: '\n', attributes: { line: 'end' } }], {})
  return body
}

test('a view sees lines on newlines alone, the first of two equal ids, and no sentinel', () => {
  const body = founded(1)
  body.edit([{ insert: 'one' }, { insert: '\n', attributes: { line: 'a' } }, { insert: 'two', attributes: { line: 'x', bold: true } },
    { insert: '\n', attributes: { line: 'a' } }], { a: 'h1' })
  assert.deepEqual(body.view().ops, [
    { insert: 'one' }, { insert: '\n', attributes: { line: 'a', block: 'h1' } }, { insert: 'two', attributes: { bold: true } }, { insert: '\n' }
  ])
})

test('an edit of one is read by another', () => {
  const here = new Body(1)
  const there = new Body(2)
  there.apply([here.edit([{ insert: '\n', attributes: { line: 'end' } }], {}), here.edit([{ insert: 'words' }], {})])
  assert.equal(there.pending, false)
  assert.deepEqual(there.view().ops, [{ insert: 'words' }])
})
