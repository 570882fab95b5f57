// Stands in for one client of the AWS SDK for JavaScript, version 3: its commands
// and its aggregated client. Requests are made by the lab's SDK, from the function's own
// network and with its role's credentials.
'use strict';
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

const known = JSON.parse(fs.readFileSync(path.join(__dirname, 'sdk.json'), 'utf8'));

const camel = (s) => s[0].toLowerCase() + s.slice(1);

// sent and received translate what JSON does not have.
function sent(v) {
  if (v instanceof Date) return v.toISOString();
  if (v instanceof Uint8Array) return { $bytes: Buffer.from(v).toString('base64') };
  if (Array.isArray(v)) return v.map(sent);
  if (v && typeof v === 'object') return Object.fromEntries(Object.entries(v).filter(([, x]) => x !== undefined && x !== null).map(([k, x]) => [k, sent(x)]));
  return v;
}
function received(v) {
  if (Array.isArray(v)) return v.map(received);
  if (!v || typeof v !== 'object') return v;
  if ('$date' in v) return new Date(v.$date);
  if ('$bytes' in v) {
    const bytes = Buffer.from(v.$bytes, 'base64');
    return Object.assign(new Uint8Array(bytes), { transformToString: async (e) => bytes.toString(e), transformToByteArray: async () => new Uint8Array(bytes) });
  }
  return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, received(x)]));
}

// absent stands in for a client that the lab does not have: code that only loads it works,
// and every call says so.
function absent(service, notFound) {
  const refused = () => Promise.reject(new Error(`the lab stands in for the SDK clients of ${Object.keys(known).join(', ')} alone, and @aws-sdk/client-${service} is not beside the function's code: ${notFound.message.split('\n')[0]}`));
  class Absent {
    constructor(...args) {
      this.input = args[0];
      return new Proxy(this, { get: (target, name) => (name in target || typeof name !== 'string' ? target[name] : refused) });
    }
    static [Symbol.hasInstance]() { return false; }
  }
  return new Proxy({ __esModule: true }, { get: (target, name) => (name in target || typeof name !== 'string' || name === 'then' || name === 'default' ? target[name] : Absent) });
}

module.exports = (service, relay, notFound) => {
  const client = known[service];
  if (!client) return absent(service, notFound);
  const [host, port] = relay.split(':');
  const call = (operation, region, input) => new Promise((ok, failed) => {
    const request = http.request({ host, port, agent: false, method: 'POST', path: `/sdk/${service}/${operation}?region=${encodeURIComponent(region || '')}` }, (answer) => {
      const parts = [];
      answer.on('data', (p) => parts.push(p)).on('error', failed).on('end', () => {
        const { error, output } = JSON.parse(Buffer.concat(parts).toString());
        if (!error) return ok({ $metadata: { httpStatusCode: 200, attempts: 1 }, ...received(output) });
        failed(Object.assign(new Error(error.message), { name: error.code, Code: error.code, $fault: 'client', $service: client.name, $metadata: { httpStatusCode: error.status, attempts: 1 } }));
      });
    });
    request.on('error', failed);
    request.end(JSON.stringify(sent(input ?? {})));
  });

  class Client {
    constructor(config = {}) {
      this.config = { ...config, region: async () => config.region || process.env.AWS_REGION };
      this.region = config.region;
      this.middlewareStack = { add() {}, use() {}, remove() {} };
    }
    send(command, options, done) {
      if (typeof options === 'function') done = options;
      const result = call(command.constructor.operation, this.region, command.input);
      if (done) return void result.then((v) => done(null, v), done);
      return result;
    }
    destroy() {}
  }
  const exported = { __esModule: true, [`${client.name}Client`]: Client };
  exported[client.name] = class extends Client {};
  for (const operation of client.operations) {
    const command = { [`${operation}Command`]: class { constructor(input) { this.input = input; } } }[`${operation}Command`];
    command.operation = operation;
    exported[command.name] = command;
    exported[client.name].prototype[camel(operation)] = function (input, ...rest) { return this.send(new command(input), ...rest); };
  }
  // The waiters of Lambda's functions, which CDK's provider framework has.
  if (service === 'lambda') {
    const until = (command, done) => async ({ client, maxWaitTime = 300 }, input) => {
      for (let waited = 0; ; waited++) {
        const answer = await client.send(new exported[command](input));
        if (done(answer.Configuration ?? answer)) return { state: 'SUCCESS', reason: answer };
        if (waited >= maxWaitTime) throw Object.assign(new Error(JSON.stringify({ state: 'TIMEOUT', reason: 'Waiter has timed out' })), { name: 'TimeoutError' });
        await new Promise((ok) => setTimeout(ok, 1000));
      }
    };
    for (const [suffix, command] of [['', 'GetFunctionConfigurationCommand'], ['V2', 'GetFunctionCommand']]) {
      exported[`waitUntilFunctionActive${suffix}`] = until(command, (c) => c.State === 'Active');
      exported[`waitUntilFunctionUpdated${suffix}`] = until(command, (c) => c.LastUpdateStatus === 'Successful');
    }
  }
  return new Proxy(exported, {
    get(target, name) {
      if (name in target || typeof name !== 'string') return target[name];
      if (name === 'then' || name === 'default') return undefined;
      if (/^(paginate|waitUntil)/.test(name)) return () => { throw new Error(`the lab's stand-in for @aws-sdk/client-${service} has no ${name}: install the package beside the function's code`); };
      // An error class, for instanceof.
      return { [name]: class extends Error { static [Symbol.hasInstance](e) { return e?.name === name; } } }[name];
    },
  });
};
