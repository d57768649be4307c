/** The built workbench server, as `diskwright start` runs it, and a client that speaks as a page does. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { createWebSocketStream, WebSocket } from 'ws';
import { createPeer, type PeerHandlers } from '@diskwright/sdk/rpc';
import type {
  WorkbenchParams,
  WorkbenchProtocol,
  WorkbenchRequestMethod,
  WorkbenchResult,
} from '../../core/src/common/workbench';
import { RPC_PATH } from '../../core/src/common/workbench/endpoints';
import { workbenchMessages } from '../../core/src/common/workbench/generated/messages';
import { diskwright } from './cli';
import { scratchFolder } from './scratch';

export interface WorkbenchClient {
  request<M extends WorkbenchRequestMethod>(
    method: M,
    params: WorkbenchParams<M>,
    signal?: AbortSignal,
  ): Promise<WorkbenchResult<M>>;
  /** Close code and reason, once the connection has ended. */
  closed: Promise<{ code: number; reason: string }>;
  close(): void;
}

export interface RunningWorkbench {
  /** With the token in it. */
  url: string;
  /** `http://127.0.0.1:<port>`. */
  origin: string;
  port: number;
  token: string;
  /** `DISKWRIGHT_HOME`. */
  home: string;
  /** Name and value, for a `Cookie` header. */
  cookie: string;
  pid: number;
  /** All that it wrote to standard error. */
  messages(): string;
  /** The next line of standard output. */
  nextLine(): Promise<string>;
  /** One more connection as of a page. */
  connect(handlers?: PeerHandlers<WorkbenchProtocol>): Promise<WorkbenchClient>;
  /** A request over a connection of its own, made at the first. */
  request: WorkbenchClient['request'];
  /** An HTTP request with the cookie, as a page makes it. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Ends it as Ctrl+C does; answers the exit status. */
  dispose(): Promise<number | null>;
}

export interface WorkbenchOptions {
  /** A `DISKWRIGHT_HOME`; a scratch folder by default. */
  home?: string;
  env?: NodeJS.ProcessEnv;
  /** Of `start`. */
  arguments?: string[];
  /** The user and group as which it runs; needs root. `home` has to be that user's. */
  uid?: number;
}

/** Starts the workbench without a window; it ends with the test at the latest. */
export async function startWorkbench(options: WorkbenchOptions = {}): Promise<RunningWorkbench> {
  const home = options.home ?? join(await scratchFolder(), 'home');
  const launched = launch(home, options);
  onTestFinished(async () => void (await launched.dispose()));
  return signedIn(launched);
}

/** One workbench for all tests of a file. Its members are there once the tests run. */
export function sharedWorkbench(options: WorkbenchOptions = {}): RunningWorkbench {
  const workbench = {} as RunningWorkbench;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'diskwright-'));
    const launched = launch(options.home ?? join(folder, 'home'), options);
    Object.assign(workbench, { dispose: launched.dispose }, await signedIn(launched));
  });
  afterAll(async () => {
    await workbench.dispose();
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });
  return workbench;
}

interface Launched {
  home: string;
  child: ChildProcessByStdio<null, Readable, Readable>;
  messages(): string;
  nextLine(): Promise<string>;
  /** Closed with it. */
  clients: WorkbenchClient[];
  dispose(): Promise<number | null>;
}

function launch(home: string, options: WorkbenchOptions): Launched {
  const child = spawn(process.execPath, [diskwright, 'start', '--json', ...(options.arguments ?? ['--no-open'])], {
    env: { ...process.env, ...options.env, DISKWRIGHT_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.uid !== undefined && { uid: options.uid, gid: options.uid, cwd: '/' }),
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  let messages = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (messages += text));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const clients: WorkbenchClient[] = [];
  return {
    home,
    child,
    messages: () => messages,
    nextLine: async () => {
      const { value, done } = await lines.next();
      if (done) throw new Error(`the workbench ended: ${messages}`);
      return value;
    },
    clients,
    dispose: () => {
      for (const client of clients) client.close();
      child.kill('SIGINT');
      return ended;
    },
  };
}

async function signedIn({ home, child, messages, nextLine, clients, dispose }: Launched): Promise<RunningWorkbench> {
  const { url } = JSON.parse(await nextLine()) as { url: string };
  const { origin, port, searchParams } = new URL(url);
  const signIn = await fetch(url, { redirect: 'manual' });
  const cookie = signIn.headers.getSetCookie()[0]!.split(';', 1)[0]!;
  const connect = async (handlers: PeerHandlers<WorkbenchProtocol> = {}): Promise<WorkbenchClient> => {
    const client = await connectClient(origin, cookie, handlers);
    clients.push(client);
    return client;
  };
  let own: Promise<WorkbenchClient> | null = null;
  return {
    url,
    origin,
    port: Number(port),
    token: searchParams.get('token')!,
    home,
    cookie,
    pid: child.pid!,
    messages,
    nextLine,
    connect,
    request: async (method, params, signal) => (await (own ??= connect())).request<typeof method>(method, params, signal),
    fetch: (path, init = {}) => fetch(origin + path, { ...init, headers: { cookie, origin, ...init.headers } }),
    dispose,
  };
}

async function connectClient(
  origin: string,
  cookie: string,
  handlers: PeerHandlers<WorkbenchProtocol>,
): Promise<WorkbenchClient> {
  const socket = new WebSocket(origin.replace('http', 'ws') + RPC_PATH, { origin, headers: { cookie } });
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  );
  const stream = createWebSocketStream(socket);
  const peer = createPeer<WorkbenchProtocol>({ stream, table: workbenchMessages, side: 'plugin', name: 'the server', handlers });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return {
    request: (method, params, signal) => peer.request<typeof method>(method, params, signal),
    closed,
    close: () => peer.close(),
  };
}
