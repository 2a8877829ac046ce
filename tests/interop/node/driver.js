// node soap with the server's literal WSDLs: node driver.js URL TENANT
//
// Prints the core transcript and an outcome for every operation, as README.md beside this folder describes.

import { createClientAsync } from 'soap';

const [url, tenant] = process.argv.slice(2);
const domain = `${tenant}.example`;
const administrator = { username: process.env.NGNPRO_USERNAME, password: process.env.NGNPRO_PASSWORD };
const reseller = { username: tenant, password: "interop's" };

const clients = {};
for (const port of ['Customer', 'Sip', 'Dns', 'Enum', 'Voicemail', 'Rating', 'Network', 'Presence']) {
  clients[port] = await createClientAsync(`${url}/soap/${port.toLowerCase()}?wsdl`, { preserveWhitespace: true });
}

async function call(operation, input, auth) {
  const [port, name] = operation.split('.');
  const client = clients[port];
  client.clearSoapHeaders();
  if (port !== 'Presence') client.addSoapHeader({ auth }, '', 'n', `urn:AGProjects:NGNPro:${port}:literal`);
  const [result] = await client[`${name}Async`](input);
  return result?.return;
}

const code = (error) => error.root?.Envelope?.Body?.Fault?.detail?.exception?.errorcode ?? `without a code: ${error.message}`;
const refused = (promise) => promise.then(() => 'none', code);
const listed = (array) => array?.item ?? [];
const pairs = (array) => listed(array).map((one) => `${one.name}:${one.value}`).join();

function show(account) {
  const { id, firstName, timezone, groups, properties, quota, callLimit, prepaid } = account;
  const name = `${id.username}@${id.domain} | ${firstName} | ${timezone}`;
  console.log(`= account ${name} | ${listed(groups).join()} | ${pairs(properties)} | ${quota} ${callLimit} ${prepaid}`);
}

async function core() {
  const alice = { username: 'alice', domain };
  const aka = { username: 'aka', domain };
  const credit = { name: 'sip_credit', value: '100', category: 'credit', permission: 'admin' };
  const row = await call('Customer.addAccount', {
    account: { ...reseller, organization: 'Žluť & <kůň> "日本"', resellerActive: true, properties: { item: [credit] } },
  }, administrator);
  console.log(`= reseller ${row.username} | ${row.organization} | ${row.resellerActive} | ${pairs(row.properties)}`);
  const customers = await call('Customer.getCustomers', { query: { filter: { username: tenant } } }, administrator);
  console.log(`= customers ${customers.total} ${listed(customers.accounts)[0].username}`);
  console.log(`= domain ${(await call('Sip.addDomain', { domain: { domain } }, reseller)).domain}`);
  const account = {
    id: alice, password: 'secret', firstName: 'Zoë', groups: { item: ['anonymous'] },
    properties: { item: [{ name: 'language', value: 'fr' }] }, timezone: 'Europe/Paris', quota: 0, callLimit: 5, prepaid: false,
  };
  await call('Sip.addAccount', { account }, reseller);
  show(await call('Sip.getAccount', { sipId: alice }, reseller));
  console.log(`= again ${await refused(call('Sip.addAccount', { account }, reseller))}`);
  await call('Sip.addToGroup', { sipId: alice, group: 'intercom' }, reseller);
  console.log(`= groups ${listed(await call('Sip.getGroups', { sipId: alice }, reseller)).join()}`);
  await call('Sip.updateAccount', { account: { ...account, firstName: 'Zoé', groups: {} } }, reseller);
  show(await call('Sip.getAccount', { sipId: alice }, reseller));
  await call('Sip.addAlias', { alias: { id: aka, target: alice } }, reseller);
  const aliases = await call('Sip.getAliases', { query: { filter: { targetUsername: 'alice' } } }, reseller);
  console.log(`= aliases ${aliases.total} ${listed(aliases.aliases)[0].id.username}`);
  const query = { filter: { domain }, orderBy: { attribute: 'username', direction: 'ASC' }, range: { start: 0, count: 10 } };
  const accounts = await call('Sip.getAccounts', { query }, reseller);
  console.log(`= accounts ${accounts.total} ${listed(accounts.accounts)[0].id.username}`);
  const box = await call('Voicemail.addAccount', { account: { sipId: alice, name: 'Alice', email: `alice@${domain}` } }, reseller);
  console.log(`= mailbox ${box.mailbox >= 1000000}`);
  const nameservers = { item: [`ns1.${domain}`, `ns2.${domain}`] };
  const zone = await call('Dns.addZone', { zone: { name: domain, email: `dns@${domain}`, nameservers } }, reseller);
  console.log(`= zone ${listed(zone.nameservers).join()}`);
  await call('Sip.deleteAlias', { id: aka }, reseller);
  await call('Sip.deleteAccount', { sipId: alice }, reseller);
  console.log(`= gone ${await refused(call('Sip.getAccount', { sipId: alice }, reseller))}`);
  console.log(`= stranger ${await refused(call('Sip.getAccount', { sipId: alice }, { ...reseller, password: 'no' }))}`);
}

/** A value for what describe() says of a type, with all its members. */
function sample(described) {
  if (typeof described === 'object') {
    return Object.fromEntries(Object.entries(described).filter(([name]) => !['targetNSAlias', 'targetNamespace'].includes(name))
      .map(([name, type]) => name.endsWith('[]') ? [name.slice(0, -2), [sample(type)]] : [name, sample(type)]));
  }
  if (/:(int|integer|long|nonNegativeInteger|unsignedInt|unsignedShort)$/.test(described)) return 4242;
  if (/:(float|double)$/.test(described)) return 4.5;
  if (/:boolean$/.test(described)) return true;
  return 'sample';
}

await core();
for (const [port, client] of Object.entries(clients)) {
  for (const [name, { input }] of Object.entries(client.describe().NGNPro[`${port}Port`])) {
    const outcome = await call(`${port}.${name}`, sample(input ?? {}), administrator).then(() => 'ok', (error) => `fault ${code(error)}`);
    console.log(`${port}.${name} ${outcome}`);
  }
}
