/** Client of the NGNPro provisioning API over JSON. It uses `fetch` and nothing else. */

import { Api, type Problem as Details, type Request } from './calls.js';

export type * from './calls.js';

/** Where the server is and who calls. */
export interface Settings {
  /** Such as `http://127.0.0.1:9200`. */
  url: string;
  /** Name and password, as over SOAP; or a token. */
  auth: { username: string; password: string } | { token: string };
  /** For proxies, certificates and tests. */
  fetch?: typeof fetch;
}

/** A refused call: the contract's code and words, and the member that is wrong where one is. */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(readonly status: number, readonly code: number, message: string, readonly details: Details) {
    super(message);
  }
  get member(): string | undefined {
    return this.details.member;
  }
}

/** All calls as methods. A refusal rejects with {@link Problem}; no answer at all with what `fetch` rejects with. */
export class NGNPro extends Api {
  readonly #base: string;
  readonly #authorization: string;
  readonly #fetch: typeof fetch;

  constructor({ url, auth, fetch: other }: Settings) {
    super();
    this.#base = `${url.replace(/\/+$/, '')}/api/v1`;
    this.#authorization = 'token' in auth ? `Bearer ${auth.token}` : `Basic ${base64(`${auth.username}:${auth.password}`)}`;
    this.#fetch = other ?? fetch;
  }

  protected override async send<T>({ verb, path, query = {}, body, contentType, options = {} }: Request): Promise<T> {
    const address = new URL(this.#base + path);
    for (const [name, value] of Object.entries(query)) {
      for (const one of Array.isArray(value) ? value : [value]) {
        if (one !== undefined) address.searchParams.append(name, String(one));
      }
    }
    if (options.dryRun) address.searchParams.set('dry_run', 'true');
    const headers: Record<string, string> = { authorization: this.#authorization, accept: 'application/json' };
    if (contentType !== undefined) headers['content-type'] = contentType;
    if (options.impersonate !== undefined) headers['impersonate'] = String(options.impersonate);
    if (options.idempotencyKey !== undefined) headers['idempotency-key'] = options.idempotencyKey;
    const sent: RequestInit = { method: verb, headers };
    if (body !== undefined) sent.body = JSON.stringify(body);
    if (options.signal) sent.signal = options.signal;
    const answer = await this.#fetch(address, sent);
    const text = await answer.text();
    if (!answer.ok) throw problem(answer.status, text);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}

/** What a list of this kind lists. */
export type Item<Page> = NonNullable<
  { [Member in keyof Page]: NonNullable<Page[Member]> extends Array<infer One> ? One : never }[keyof Page]
>;

/**
 * Every row of a list, page by page:
 * `for await (const account of each((page) => client.sipGetAccounts({ 'filter.domain': 'example.com', ...page })))`
 */
export async function* each<Page extends { next?: string | null }>(
  list: (page: { cursor?: string }) => Promise<Page>,
): AsyncGenerator<Item<Page>> {
  let page: { cursor?: string } = {};
  for (;;) {
    const found = await list(page);
    const rows = Object.values(found).find((member) => Array.isArray(member)) as Array<Item<Page>> | undefined;
    yield* rows ?? [];
    if (!found.next) return;
    // `next` is the next page's address; the cursor in it is all that the same query needs.
    const cursor = new URL(found.next, 'http://server/').searchParams.get('cursor');
    if (cursor === null) return;
    page = { cursor };
  }
}

function problem(status: number, text: string): Problem {
  let details: Details;
  try {
    details = JSON.parse(text) as Details;
  } catch {
    details = { type: 'about:blank', title: 'The answer is not JSON', status, detail: text.slice(0, 200), errorcode: 0 };
  }
  return new Problem(status, details.errorcode ?? 0, details.detail ?? details.title, details);
}

function base64(text: string): string {
  return btoa(String.fromCodePoint(...new TextEncoder().encode(text)));
}
