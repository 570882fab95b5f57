// Runs a Node.js handler as Lambda's runtime does: it takes events from the runtime
// API and hands them to the handler, one at a time.
// docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
// docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
'use strict';
const http = require('node:http');
const net = require('node:net');
const dns = require('node:dns');
const fs = require('node:fs');
const path = require('node:path');
const url = require('node:url');
const util = require('node:util');
const Module = require('node:module');

const env = process.env;
const [apiHost, apiPort] = env.AWS_LAMBDA_RUNTIME_API.split(':');
const relayPort = Number(env.LAB_RELAY.split(':')[1]);

// --- the network: every connection goes to the relay, which starts it in the lab.

let connections = 0;
// destined tells the relay what the next connection is for, and returns the address
// by which the relay knows the connection.
function destined(what) {
  const n = (connections = (connections % 0xffff00) + 1);
  const host = `127.${(n >> 16) + 1}.${(n >> 8) & 255}.${n & 255}`;
  fs.writeSync(3, `${host} ${what}\n`);
  return host;
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const [given, done] = Array.isArray(args[0]) ? args[0] : net._normalizeArgs(args);
  const host = given.host || 'localhost';
  if (given.path || host === 'localhost' || host.startsWith('127.')) return connect.apply(this, args);
  const options = { ...given, host: destined(`tcp ${host} ${given.port}`), port: relayPort };
  for (const name of ['lookup', 'family', 'localAddress', 'localPort', 'autoSelectFamily', 'hints']) delete options[name];
  return connect.call(this, options, done);
};

function resolve(name) {
  return new Promise((ok, failed) => {
    let text = '';
    const socket = new net.Socket();
    connect.call(socket, { host: destined(`resolve ${name}`), port: relayPort });
    socket.setEncoding('utf8').on('data', (s) => (text += s)).on('error', failed).on('end', () => {
      const [error, ...addresses] = text.split('\n');
      if (!error) return ok(addresses.filter(Boolean));
      failed(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: name, cause: error }));
    });
  });
}
async function lookup(name, options) {
  if (typeof options === 'number') options = { family: options };
  const addresses = net.isIP(name) ? [name] : name === 'localhost' ? ['127.0.0.1'] : await resolve(name);
  const found = addresses.map((address) => ({ address, family: net.isIP(address) }));
  return options && options.all ? found : found[0];
}
dns.promises.lookup = lookup;
dns.lookup = (name, options, done) => {
  if (typeof options === 'function') [options, done] = [{}, options];
  lookup(name, options).then((r) => (Array.isArray(r) ? done(null, r) : done(null, r.address, r.family)), done);
};
dns.promises.resolve4 = dns.promises.resolve = (name) => resolve(name);
dns.resolve4 = dns.resolve = (name, ...rest) => resolve(name).then((r) => rest.at(-1)(null, r), rest.at(-1));

// --- the SDK that Lambda's runtime brings along: what the code itself does not have is
// stood in for by the lab's own, which has the same operations.

const load = Module._load;
const standIns = {};
Module._load = function (request, ...rest) {
  try {
    return load.call(this, request, ...rest);
  } catch (e) {
    if (e.code === 'MODULE_NOT_FOUND' && request === 'aws-sdk' && e.message.includes("'aws-sdk'") && /nodejs(4|6|8|1[0-6])\./.test(env.AWS_EXECUTION_ENV)) {
      return (standIns['aws-sdk'] ??= require('./sdk2.js')(env.LAB_RELAY));
    }
    // How requests are sent: the stand-in's are sent by the lab.
    if (e.code === 'MODULE_NOT_FOUND' && /^@(aws-sdk|smithy)\/node-http-handler$/.test(request) && e.message.includes(`'${request}'`)) {
      return (standIns[request] ??= { NodeHttpHandler: class { destroy() {} }, NodeHttp2Handler: class { destroy() {} } });
    }
    const service = /^@aws-sdk\/client-([a-z0-9-]+)$/.exec(request);
    if (e.code !== 'MODULE_NOT_FOUND' || !service || !e.message.includes(`'${request}'`)) throw e;
    return (standIns[service[1]] ??= require('./sdk.js')(service[1], env.LAB_RELAY, e));
  }
};

// --- time: who waits waits for something of the lab, which has a clock of its own. A timer
// that fires lets as much time pass there. It may also be a limit that is not reached, so that
// it is not known before.

const timers = require('node:timers');
const promised = require('node:timers/promises');
const later = timers.setTimeout;
const laterPromised = promised.setTimeout;
const longTimer = 100;
function passed(ms) {
  return new Promise((ok) => {
    const request = http.request({ host: '127.0.0.1', port: relayPort, method: 'POST', path: `/sleep?seconds=${Math.min(ms / 1000, 3600)}`, agent }, (answer) => answer.resume().on('end', ok));
    request.on('error', ok).end();
  });
}
timers.setTimeout = globalThis.setTimeout = (f, ms, ...args) => (ms >= longTimer ? later(() => passed(ms).then(() => f(...args)), ms) : later(f, ms, ...args));
promised.setTimeout = async (ms, value, options) => {
  await laterPromised(ms, undefined, options);
  if (ms >= longTimer) await passed(ms);
  return value;
};
timers.setTimeout[util.promisify.custom] = promised.setTimeout;

// --- the runtime API

function call(method, what, body, headers = {}) {
  return new Promise((ok, failed) => {
    const request = http.request({ host: apiHost, port: apiPort, method, path: `/2018-06-01/runtime/${what}`, headers, agent }, (answer) => {
      const parts = [];
      answer.on('data', (p) => parts.push(p)).on('error', failed);
      answer.on('end', () => ok({ headers: answer.headers, body: Buffer.concat(parts).toString() }));
    });
    request.on('error', failed);
    request.end(body);
  });
}
const agent = new http.Agent({ keepAlive: false });

function described(e) {
  if (!(e instanceof Error)) return { errorType: typeof e, errorMessage: String(e), trace: [] };
  return { errorType: e.name, errorMessage: e.message, trace: String(e.stack).split('\n') };
}

async function load_() {
  const [, file, exported] = /^(.*)\.([^.]+)$/.exec(env._HANDLER) || [];
  if (!file) throw Object.assign(new Error(`Bad handler '${env._HANDLER}'`), { name: 'Runtime.MalformedHandlerName' });
  const base = path.resolve(env.LAMBDA_TASK_ROOT, file);
  const at = ['.js', '.mjs', '.cjs', ''].map((e) => base + e).find((f) => fs.existsSync(f) && fs.statSync(f).isFile());
  if (!at) throw Object.assign(new Error(`Error: Cannot find module '${path.basename(base)}'`), { name: 'Runtime.ImportModuleError' });
  let module;
  try {
    module = require(at);
  } catch (e) {
    if (e.code !== 'ERR_REQUIRE_ESM' && !(e instanceof SyntaxError)) throw e;
    module = await import(url.pathToFileURL(at).href);
  }
  const handler = module[exported] ?? module.default?.[exported];
  if (typeof handler !== 'function') throw Object.assign(new Error(`${file}.${exported} is undefined or not exported`), { name: 'Runtime.HandlerNotFound' });
  return handler;
}

let request = '';
for (const [name, level] of Object.entries({ log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR', debug: 'DEBUG', trace: 'TRACE' })) {
  console[name] = (...args) => fs.writeSync(1, `${new Date().toISOString()}\t${request}\t${level}\t${util.format(...args).replaceAll('\n', '\r')}\n`);
}

function run(handler, event, context) {
  return new Promise((ok, failed) => {
    const idle = () => ok(null); // nothing is left that could call back
    const end = (e, v) => { process.off('beforeExit', idle); e ? failed(e) : ok(v); };
    Object.assign(context, { done: end, succeed: (v) => end(null, v), fail: (e) => end(e || new Error('handled')) });
    process.once('beforeExit', idle);
    const result = handler(event, context, end);
    if (typeof result?.then === 'function') result.then((v) => end(null, v), (e) => end(e || new Error('rejected')));
  });
}

(async () => {
  let handler;
  try {
    handler = await load_();
  } catch (e) {
    await call('POST', 'init/error', JSON.stringify(described(e)));
    process.exit(1);
  }
  for (;;) {
    const { headers, body } = await call('GET', 'invocation/next');
    request = headers['lambda-runtime-aws-request-id'];
    const deadline = Number(headers['lambda-runtime-deadline-ms']);
    const context = {
      awsRequestId: request, functionName: env.AWS_LAMBDA_FUNCTION_NAME, functionVersion: '$LATEST',
      invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'], memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
      logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME, logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
      callbackWaitsForEmptyEventLoop: true, getRemainingTimeInMillis: () => deadline - Date.now(),
    };
    try {
      const answer = await run(handler, JSON.parse(body), context);
      await call('POST', `invocation/${request}/response`, JSON.stringify(answer ?? null));
    } catch (e) {
      console.error('Invoke Error', e);
      await call('POST', `invocation/${request}/error`, JSON.stringify(described(e)));
    }
  }
})();
