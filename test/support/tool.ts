/** Runs tools of the system, the tests' oracles. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { findTool } from './tools';

export interface ToolResult {
  status: number;
  stdout: string;
  stderr: string;
}

/** Runs a tool and answers how it ended, whatever that is. */
export function tool(name: string, ...arguments_: string[]): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    execFile(
      findTool(name) ?? name,
      arguments_,
      { maxBuffer: 256 * 1024 * 1024, env: { ...process.env, LC_ALL: 'C.UTF-8' } },
      (error, stdout, stderr) => {
        if (error && typeof error.code !== 'number') reject(error);
        else resolve({ status: error ? Number(error.code) : 0, stdout, stderr });
      },
    );
  });
}

/** Runs a tool that must succeed; answers its standard output. */
export async function must(name: string, ...arguments_: string[]): Promise<string> {
  const result = await tool(name, ...arguments_);
  if (result.status !== 0)
    throw new Error(`${name} ${arguments_.join(' ')} ended with ${result.status}: ${result.stderr}${result.stdout}`);
  return result.stdout;
}

/** SHA-256 of a file or device. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Options of Partclone: else it ends only when it next shows its progress, each two seconds. */
export const PARTCLONE_AT_ONCE = ['-f', '0'];
