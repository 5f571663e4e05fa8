// Yjs as one long-lived process that speaks JSON lines: {"call", "body", ...} in, {"ok"} or {"error"} out, one for one, in order.

import { createInterface } from 'node:readline'
import { Body } from './body.mjs'

const bodies = new Map()
const bytes = text => Uint8Array.from(Buffer.from(text, 'base64'))
const text = update => Buffer.from(update).toString('base64')

const calls = {
  open: ({ body, client }) => { bodies.set(body, new Body(client)); return null },
  close: ({ body }) => { bodies.delete(body); return null },
  apply: ({ body, updates }) => { bodies.get(body).apply(updates.map(bytes)); return null },
  edit: ({ body, delta, said }) => { const made = bodies.get(body).edit(delta, said); return made ? text(made) : null },
  show: ({ body }) => {
    const { meta, pending } = bodies.get(body)
    return { delta: { ops: bodies.get(body).view().ops }, title: meta.get('title') ?? '', pending }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line)
  let answer
  try {
    answer = { ok: calls[asked.call](asked) }
  } catch (error) {
    answer = { error: String(error.stack ?? error) }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
