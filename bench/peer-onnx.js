// onnxruntime as a peer, single precision, forward: the lines of peer-torch.py.
//   node peer-onnx.js FOLDER THREADS ANSWERS
// FOLDER holds node_modules/onnxruntime-node. A model of one node is written
// here, field by field as onnx.proto numbers them.
const fs = require('fs')
const path = require('path')
const readline = require('readline')

const [folder, threads, answers] = process.argv.slice(2)
const home = path.join(folder, 'node_modules', 'onnxruntime-node')
const ort = require(home)
const version = require(path.join(home, 'package.json')).version

function varint(n) {
  const bytes = []
  for (; n > 127; n = Math.floor(n / 128)) bytes.push(n % 128 + 128)
  return Buffer.from([...bytes, n])
}

function number(field, n) {
  return Buffer.concat([varint(field * 8), varint(n)])
}

function bytes(field, content) {
  const data = Buffer.from(content)
  return Buffer.concat([varint(field * 8 + 2), varint(data.length), data])
}

function message(field, ...parts) {
  return bytes(field, Buffer.concat(parts))
}

function random(n, scale) {
  return Float32Array.from({ length: n }, () => (Math.random() - 0.5) * scale)
}

function weight(name, dims) {
  const size = dims.reduce((a, b) => a * b)
  const values = random(size, 2 / Math.sqrt(dims[dims.length - 1]))
  return message(5, ...dims.map((d) => number(1, d)), number(2, 1),
    bytes(8, name), bytes(9, Buffer.from(values.buffer)))
}

function value(field, name, dims) {
  const shape = message(2, ...dims.map((d) => message(1, number(1, d))))
  const tensor = message(1, number(1, 1), shape)
  return message(field, bytes(1, name), message(2, tensor))
}

function attribute(name, n) {
  return message(5, bytes(1, name), number(3, n), number(20, 2))
}

function model(cell, [batch, time, features, units]) {
  const type = { simple: 'RNN', lstm: 'LSTM', gru: 'GRU' }[cell]
  const rows = { simple: 1, lstm: 4, gru: 3 }[cell] * units
  const reset = cell === 'gru' ? [attribute('linear_before_reset', 1)] : []
  const node = message(1, ...['x', 'w', 'u', 'b'].map((n) => bytes(1, n)),
    bytes(2, 'y'), bytes(4, type), attribute('hidden_size', units), ...reset)
  const graph = message(7, node, bytes(2, 'g'),
    weight('w', [1, rows, features]), weight('u', [1, rows, units]),
    weight('b', [1, 2 * rows]), value(11, 'x', [time, batch, features]),
    value(12, 'y', [time, 1, batch, units]))
  const opset = message(8, bytes(1, ''), number(2, 14))
  return Buffer.concat([number(1, 8), opset, graph])
}

const cases = {}

async function create(id, cell, sizes) {
  const [batch, time, features] = sizes
  const x = random(batch * time * features, 2)
  const session = await ort.InferenceSession.create(model(cell, sizes),
    { intraOpNumThreads: +threads, interOpNumThreads: 1 })
  const feeds = { x: new ort.Tensor('float32', x, [time, batch, features]) }
  cases[id] = () => session.run(feeds)
  return 'ok'
}

async function answer(words) {
  if (words[0] === 'hello') return 'onnxruntime ' + version
  if (words[0] === 'new') {
    return create(words[1], words[2], words.slice(3, 7).map(Number))
  }
  const start = process.hrtime.bigint()
  for (let i = 0; i < +words[3]; i++) await cases[words[1]]()
  return String(Number(process.hrtime.bigint() - start) / 1e9 / +words[3])
}

async function serve() {
  const out = fs.openSync(answers, 'w')
  for await (const line of readline.createInterface({ input: process.stdin })) {
    if (line === 'stop') break
    fs.writeSync(out, await answer(line.split(' ')) + '\n')
  }
  process.exit(0)
}

serve()
