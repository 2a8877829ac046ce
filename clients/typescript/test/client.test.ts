/** The client against a running server: its address in NGNPRO_URL, the administrator in NGNPRO_USERNAME and NGNPRO_PASSWORD. */

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { each, NGNPro, Problem, type SipAccount } from '../src/index.js';

const url = process.env['NGNPRO_URL'] ?? '';
const administrator = new NGNPro({
  url,
  auth: { username: process.env['NGNPRO_USERNAME'] ?? '', password: process.env['NGNPRO_PASSWORD'] ?? '' },
});
const password = 'the réseller’s';
const reseller = new NGNPro({ url: `${url}/`, auth: { username: 'ts-reseller', password } });
const alice: SipAccount = {
  id: { username: 'alice', domain: 'ts.example' },
  password: 'secret',
  firstName: 'Zoë',
  groups: ['anonymous'],
  properties: [{ name: 'language', value: 'fr' }],
  timezone: 'Europe/Paris',
};
let customer = 0;

before(async () => {
  await administrator.customerAddAccount({ username: 'ts-reseller', password, resellerActive: true });
  const row = await reseller.customerAddAccount({ username: 'ts-customer', password: 'the customer' });
  customer = row.id ?? 0;
  await reseller.sipAddDomain({ domain: 'ts.example' });
  await reseller.sipAddAccount(alice);
});

function refused(code: number, member?: string) {
  return (error: unknown) => {
    assert.ok(error instanceof Problem, String(error));
    assert.deepEqual([error.code, error.member], [code, member]);
    return true;
  };
}

test('what is written is read', async () => {
  const read = await reseller.sipGetAccount('alice@ts.example');
  assert.deepEqual([read.firstName, read.groups, read.callLimit], ['Zoë', ['anonymous'], read.callLimit]);
  assert.deepEqual(read.properties?.map((one) => [one.name, one.value]), [['language', 'fr']]);
});

test('a part is changed, the rest stays', async () => {
  const changed = await reseller.sipUpdateAccountInPart('alice@ts.example', { lastName: 'Jones' });
  assert.deepEqual([changed.firstName, changed.lastName], ['Zoë', 'Jones']);
});

test('a refusal has the code of the contract and the member', async () => {
  await assert.rejects(reseller.sipAddAccount(alice), refused(1011));
  await assert.rejects(reseller.sipGetAccount('nobody@ts.example'), refused(1010));
  const wrong = { ...alice, id: { username: 'al ice', domain: 'ts.example' } };
  await assert.rejects(reseller.sipAddAccount(wrong), (error: unknown) => error instanceof Problem && error.code === 9004);
  const stranger = new NGNPro({ url, auth: { username: 'ts-reseller', password: 'no' } });
  await assert.rejects(stranger.sipGetDomains(), (error: unknown) => error instanceof Problem && error.status === 401);
});

test('a write is tried without being done, and done once by its own name', async () => {
  const bob: SipAccount = { id: { username: 'bob', domain: 'ts.example' }, password: 'secret' };
  await reseller.sipAddAccount(bob, { dryRun: true });
  await assert.rejects(reseller.sipGetAccount('bob@ts.example'), refused(1010));
  const options = { idempotencyKey: crypto.randomUUID() };
  const first = await reseller.sipAddAccount(bob, options);
  assert.deepEqual(await reseller.sipAddAccount(bob, options), first);
  await reseller.sipDeleteAccount('bob@ts.example');
});

test('a list is read to its end, page by page', async () => {
  for (let at = 0; at < 5; at += 1) {
    await reseller.sipAddAccount({ id: { username: `page${at}`, domain: 'ts.example' }, password: 'secret' });
  }
  const names = [];
  const list = (page: { cursor?: string }) =>
    reseller.sipGetAccounts({ 'filter.username': 'page%', 'orderBy.attribute': 'username', 'orderBy.direction': 'ASC', limit: 2, ...page });
  for await (const account of each(list)) names.push(account.id?.username);
  assert.deepEqual(names, ['page0', 'page1', 'page2', 'page3', 'page4']);
});

test('a reseller acts as its customer', async () => {
  assert.equal((await reseller.sipGetDomains({}, { impersonate: customer })).total, 0);
  assert.equal((await reseller.sipGetDomains()).total, 1);
});
