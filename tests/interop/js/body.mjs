// A body as Yjs holds it, and what a view would see of it: a second reading of design.md section 8, written without looking at ours.

import Delta from 'quill-delta'
import * as Y from 'yjs'

export class Body {
  constructor (client) {
    this.doc = new Y.Doc()
    this.doc.clientID = client
    this.text = this.doc.getText('body')
    this.lines = this.doc.getMap('lines')
    this.meta = this.doc.getMap('meta')
    // Yjs would delete formats on its own after changes of others; a writer writes nothing that nobody did.
    this.doc.on('afterTransaction', transaction => { transaction._needFormattingCleanup = false })
  }

  apply (updates) {
    for (const update of updates) Y.applyUpdate(this.doc, update)
  }

  // The update that one edit makes.
  edit (delta, said) {
    let made
    const note = update => { made = update }
    this.doc.on('update', note)
    this.doc.transact(() => {
      for (const [id, block] of Object.entries(said)) block === null ? this.lines.delete(id) : this.lines.set(id, block)
      this.text.applyDelta(delta)
    })
    this.doc.off('update', note)
    return made
  }

  get pending () {
    return this.doc.store.pendingStructs !== null || this.doc.store.pendingDs !== null
  }

  // What a view sees: `line` and `block` on newlines alone, of two equal ids the first counts, no sentinel.
  view () {
    const view = new Delta()
    const seen = new Set()
    const parts = this.text.toDelta().flatMap(({ insert, attributes = {} }) =>
      typeof insert === 'string' ? insert.split(/(\n)/).filter(part => part !== '').map(part => ({ insert: part, attributes })) : [{ insert, attributes }])
    const sentinel = parts.pop()
    if (sentinel && sentinel.insert !== '\n') throw new Error('the body does not end in its sentinel')
    for (const { insert, attributes } of parts) {
      const { line, block, ...marks } = attributes
      if (insert === '\n' && typeof line === 'string' && !seen.has(line)) {
        seen.add(line)
        marks.line = line
        if (this.lines.get(line)) marks.block = this.lines.get(line)
      }
      view.insert(insert, marks)
    }
    return view
  }
}
