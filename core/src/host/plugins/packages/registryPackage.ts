import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import npa from 'npm-package-arg';
import pacote from 'pacote';
import { FailedError, InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import { npmSettings } from './npmSettings';
import { abortable, throwIfCancelled } from '../../../common/flow/abortable';
import { PACKAGE_LIMITS } from './packageLimits';

/** A version of a package, as the registry offers it. */
export interface RegistryPackage {
  name: string;
  version: string;
  /** The archive's, SRI, SHA-512. */
  integrity: string;
}

/** The user's npm registry. */
export class Registry {
  private constructor(
    private readonly options: pacote.Options,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /**
   * @param cwd whose .npmrc counts beside the user's
   * @param cacheFolder for what is fetched; made where it is not there, and the caller's to remove
   * @param signal ends all that is asked of it; its methods throw CancelledError then
   */
  static async open(cwd: string, cacheFolder: string, signal?: AbortSignal): Promise<Registry> {
    const settings = await npmSettings(cwd);
    // What was offered yesterday is not asked for; and no script of a package is ever run.
    const options = { ...settings, cache: cacheFolder, preferOnline: true, ignoreScripts: true, where: cwd, signal };
    return new Registry(options, signal);
  }

  /** What a name, or a name with a range or a tag, stands for now. @throws InvalidInputError, FailedError, RefusedError */
  async find(wanted: string): Promise<RegistryPackage> {
    requireRegistryName(wanted);
    const { name, version, _integrity } = await this.ask(wanted, () => pacote.manifest(wanted, this.options));
    if (!_integrity.includes('sha512-'))
      throw new RefusedError(`the registry gives no SHA-512 digest of ${name} ${version}, so nobody could tell it from another`);
    return { name, version, integrity: _integrity };
  }

  /** Fetches an archive into a file, which is whole and has the digest that was promised when this resolves. @throws as {@link find} */
  async fetch({ name, version, integrity }: RegistryPackage, file: string): Promise<void> {
    const spec = `${name}@${version}`;
    const options = { ...this.options, integrity };
    const take = async (stream: NodeJS.ReadableStream): Promise<void> => {
      let bytes = 0;
      const bounded = async function* (source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
        for await (const chunk of source) {
          bytes += chunk.length;
          if (bytes > PACKAGE_LIMITS.archiveBytes)
            throw new RefusedError(`${spec} has more than ${PACKAGE_LIMITS.archiveBytes} bytes`);
          yield chunk;
        }
      };
      await pipeline(stream as unknown as AsyncIterable<Buffer>, bounded, createWriteStream(file), { signal: this.signal });
    };
    await this.ask(spec, () => pacote.tarball.stream(spec, take, options));
  }

  private async ask<T>(wanted: string, action: () => Promise<T>): Promise<T> {
    try {
      // An archive that comes slowly is not called back by the signal alone.
      return await abortable(action(), this.signal);
    } catch (error) {
      throwIfCancelled(this.signal);
      throw inWords(wanted, error);
    }
  }
}

/** @throws InvalidInputError for what would be fetched from elsewhere: a repository, a web address, a folder */
export function requireRegistryName(wanted: string): void {
  let isOfRegistry = false;
  try {
    const { registry, type } = npa(wanted);
    isOfRegistry = registry === true && type !== 'alias';
  } catch {
    // It is told below.
  }
  if (isOfRegistry) return;
  throw new InvalidInputError(`"${wanted}" is no file, no folder and no name of a package`, {
    todo: 'Give a .tgz file, a folder, or a name such as @vendor/plugin, also with a range: @vendor/plugin@^1.2.',
  });
}

function inWords(wanted: string, error: unknown): Error {
  if (!(error instanceof Error) || error instanceof RefusedError) return error as Error;
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'E404':
      return new InvalidInputError(`the registry has no package ${wanted}`, { todo: 'Look at its name and at your .npmrc.' });
    case 'ETARGET':
      return new InvalidInputError(`the registry has no version of ${wanted} that fits`);
    case 'EINTEGRITY':
      return new RefusedError(`${wanted} is refused: what was fetched has not the digest that the registry gives`, {
        todo: 'Try again; when it stays so, tell those who run the registry.',
      });
    case 'E401':
    case 'E403':
      return new FailedError(`the registry does not let you fetch ${wanted}`, { todo: 'Sign in, as with: npm login' });
    default:
      return new FailedError(`${wanted} cannot be fetched from the registry: ${error.message}`, {
        todo: 'Is the network there? The registry is the one of your .npmrc.',
      });
  }
}
