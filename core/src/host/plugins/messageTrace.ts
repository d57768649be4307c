import type { ChildProcess } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import type { CommandContribution, CommandInput, Manifest } from '@diskwright/sdk/protocol';
import { FrameDecoder, RPC_LIMITS } from '@diskwright/sdk/rpc';
import { secretsIn } from '../../common/commands/isSecret';
import { HiddenWords } from './hiddenWords';

/** A line of a trace. */
export interface TracedLine {
  /** Milliseconds since 1970. */
  time: number;
  /** Who sent it; `output` is what the plugin wrote to stdout and stderr. */
  from: 'host' | 'plugin' | 'output';
  /** Of the message, which `text` may be the beginning of. */
  bytes: number;
  text: string;
}

const SHOWN_CHARACTERS = 2000;

/**
 * Adds every message of a plugin's connection, and all that it prints, to a file, as lines of JSON. For authors: it makes a plugin slower. Secrets in
 * the input of its commands, and passphrases of containers, are masked, on both ways.
 */
export function traceMessages(child: ChildProcess, rpc: Duplex, file: string, { contributes }: Manifest): void {
  const hidden = new HiddenWords();
  const add = (from: TracedLine['from'], bytes: number, text: string): void => {
    if (from === 'host') hidden.add(secretsOf(text, contributes.commands ?? []));
    const line: TracedLine = { time: Date.now(), from, bytes, text: hidden.hide(text).slice(0, SHOWN_CHARACTERS) };
    try {
      appendFileSync(file, `${JSON.stringify(line)}\n`);
    } catch {
      // Nobody watches any more.
    }
  };
  const framesOf = (from: 'host' | 'plugin'): ((chunk: Buffer) => void) => {
    const decoder = new FrameDecoder(RPC_LIMITS);
    let broken = false;
    return (chunk) => {
      if (broken) return;
      try {
        decoder.push(chunk);
        for (let body = decoder.next(); body; body = decoder.next()) add(from, body.length, body.toString('utf8'));
      } catch (error) {
        broken = true;
        add(from, 0, `no message can be made out any more: ${(error as Error).message}`);
      }
    };
  };
  const received = framesOf('plugin');
  rpc.on('data', (chunk: Buffer) => received(Buffer.from(chunk)));
  const sent = framesOf('host');
  const write = rpc.write.bind(rpc) as (...parameters: unknown[]) => boolean;
  rpc.write = (chunk: unknown, ...rest: unknown[]) => {
    sent(Buffer.from(chunk as Buffer));
    return write(chunk, ...rest);
  };
  for (const output of [child.stdout, child.stderr])
    output?.on('data', (text: Buffer | string) => add('output', text.length, text.toString().trimEnd()));
}

/** In a message of the host that calls a command or opens a container. */
function secretsOf(text: string, commands: readonly CommandContribution[]): string[] {
  if (text.includes('"container/open"')) {
    const { params } = JSON.parse(text) as { params?: { secret?: string | null; keyFile?: string } };
    return [params?.secret ?? '', params?.keyFile ?? ''];
  }
  if (!text.includes('"command/')) return [];
  const { params } = JSON.parse(text) as { params?: { command?: string; input?: CommandInput } };
  const called = commands.find(({ id }) => id === params?.command);
  return called && params?.input ? secretsIn(called, params.input) : [];
}
