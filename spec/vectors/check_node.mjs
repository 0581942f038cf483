// The golden vectors against the schema files, from Node's side: the small validator that the Node
// runner carries must give every vector its verdict, at the place that the vector names.
//
//     node --test spec/vectors/check_node.mjs

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import test from 'node:test'

const here = new URL('./', import.meta.url)
const schemas = new URL('../rtp/', here)
const library = new URL('../../runners/node/lib/', here)
const kinds = ['tool-definition', 'tool-result', 'tool-error', 'approval-required']

const read = (url) => JSON.parse(readFileSync(url, 'utf8'))
const schemaOf = (kind) => read(new URL(`${kind}.schema.json`, schemas))

function vectorsOf(kind) {
  return ['valid', 'invalid'].flatMap((verdict) => {
    const folder = new URL(`${kind}/${verdict}/`, here)
    return readdirSync(folder)
      .sort()
      .map((file) => ({ name: `${kind}/${verdict}/${file}`, ...read(new URL(file, folder)) }))
  })
}

/** The schema with its siblings moved into $defs, for a validator that reads one document. */
function bundled(kind) {
  const moved = (node, home) => {
    if (Array.isArray(node)) return node.map((item) => moved(item, home))
    if (node === null || typeof node !== 'object') return node
    const copy = {}
    for (const [key, item] of Object.entries(node)) copy[key] = moved(item, home)
    if (typeof copy.$ref === 'string') {
      const [file, fragment = ''] = copy.$ref.split('#')
      copy.$ref = (file ? `#/$defs/${file.replace('.schema.json', '')}` : home) + fragment
    }
    return copy
  }
  const whole = moved(schemaOf(kind), '#')
  whole.$defs ??= {}
  for (const other of kinds) {
    const { $schema, $id, ...sibling } = moved(schemaOf(other), `#/$defs/${other}`)
    whole.$defs[other] = sibling
  }
  return whole
}

test('there are vectors of both verdicts for every kind, each in its folder', () => {
  for (const kind of kinds) {
    const verdicts = vectorsOf(kind).map((vector) => {
      assert.equal(vector.verdict, vector.name.split('/')[1], vector.name)
      return vector.verdict
    })
    assert.deepEqual([...new Set(verdicts)].sort(), ['invalid', 'valid'], kind)
  }
})

test('the map has a row for every error type of the schema', () => {
  const types = schemaOf('tool-error').properties.type.enum
  assert.deepEqual(Object.keys(read(new URL('error-map.json', here))), types)
})

const validator = new URL('schema.mjs', library)
test(
  "the runner's validator gives every vector its verdict at the place it names",
  { skip: existsSync(validator) ? false : 'the Node runner has no validator here' },
  async () => {
    const { compile } = await import(validator)
    for (const kind of kinds) {
      const firstViolation = compile(bundled(kind))
      for (const vector of vectorsOf(kind)) {
        const found = firstViolation(vector.value) ?? null
        if (vector.verdict === 'valid') {
          assert.equal(found, null, vector.name)
          continue
        }
        assert.notEqual(found, null, vector.name)
        assert.equal(found.pointer, vector.pointer, vector.name)
        const steps = found.schema_pointer.split('/').slice(-2)
        assert.ok(steps.includes(vector.keyword), `${vector.name}: ${found.schema_pointer}`)
      }
    }
  }
)
