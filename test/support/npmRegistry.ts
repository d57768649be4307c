/** A registry as npm asks it, on 127.0.0.1, with the packages that a test publishes. */
import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { onTestFinished } from 'vitest';

interface Published {
  archive: Buffer;
  integrity: string;
}

export interface NpmRegistry {
  /** For the environment of whoever shall use it. */
  env: { npm_config_registry: string; npm_config_fetch_retries: string };
  /** What was asked for, in order. */
  readonly asked: string[];
  /** @param integrity in the place of the archive's own; null: the registry gives none */
  publish(name: string, version: string, path: string, integrity?: string | null): Promise<void>;
  /** Has a tag, such as `latest`, which is the last published version otherwise, stand for a version. */
  tag(name: string, tag: string, version: string): void;
  /** From now on an archive stops in its middle, until the answer is called. */
  hold(): () => void;
}

/** Ends with the test. */
export async function startNpmRegistry(): Promise<NpmRegistry> {
  const packages = new Map<string, { tags: Record<string, string>; versions: Map<string, Published> }>();
  const asked: string[] = [];
  let held: (() => void)[] | null = null;
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url!).slice(1);
    asked.push(path);
    const [, named, version] = /^(.+)\/-\/(.+)\.tgz$/.exec(path) ?? [];
    const found = packages.get(named ?? path);
    const archive = version === undefined ? null : found?.versions.get(version)?.archive;
    if (!found || archive === undefined)
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}');
    else if (archive === null) sendDocument(response, path, found, address());
    else sendArchive(response, archive);
  });
  const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const sendArchive = (response: ServerResponse, archive: Buffer): void => {
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': archive.length });
    const half = archive.length >> 1;
    response.write(archive.subarray(0, half));
    const rest = (): void => void response.end(archive.subarray(half));
    if (held) held.push(rest);
    else rest();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    env: { npm_config_registry: address(), npm_config_fetch_retries: '0' },
    asked,
    publish: async (name, version, path, integrity) => {
      const archive = await readFile(path);
      const known = packages.get(name) ?? { tags: {}, versions: new Map<string, Published>() };
      const own = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
      known.versions.set(version, { archive, integrity: integrity === null ? '' : (integrity ?? own) });
      known.tags['latest'] = version;
      packages.set(name, known);
    },
    tag: (name, tag, version) => void (packages.get(name)!.tags[tag] = version),
    hold: () => {
      const waiting: (() => void)[] = [];
      held = waiting;
      return () => {
        held = null;
        waiting.forEach((goOn) => goOn());
      };
    },
  };
}

function sendDocument(
  response: ServerResponse,
  name: string,
  { tags, versions }: { tags: Record<string, string>; versions: ReadonlyMap<string, Published> },
  address: string,
): void {
  const described = [...versions].map(([version, { archive, integrity }]) => {
    const shasum = createHash('sha1').update(archive).digest('hex');
    const dist = { tarball: `${address}${name}/-/${version}.tgz`, shasum, ...(integrity !== '' && { integrity }) };
    return [version, { name, version, dist }] as const;
  });
  const body = JSON.stringify({ name, 'dist-tags': tags, versions: Object.fromEntries(described) });
  response.writeHead(200, { 'content-type': 'application/json' }).end(body);
}
