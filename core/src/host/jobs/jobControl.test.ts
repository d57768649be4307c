import { describe, expect, it, vi } from 'vitest';
import type { JobConnection } from './jobConnection';
import { requireAsItIs } from './jobControl';

describe('a job that runs', () => {
  it('is gone on with as it is, and with nothing else', () => {
    const connection = { close: vi.fn() } as unknown as JobConnection;
    requireAsItIs(connection, 'job', [{}, {}]);
    expect(connection.close).not.toHaveBeenCalled();
    expect(() => requireAsItIs(connection, 'job', [{}, { onError: 'skip' }])).toThrow(/job job is running/);
    expect(connection.close).toHaveBeenCalledOnce();
  });
});
