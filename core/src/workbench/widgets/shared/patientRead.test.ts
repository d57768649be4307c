import { expect, onTestFinished, test, vi } from 'vitest';
import { PATIENCE_MILLISECONDS, PatientRead } from './patientRead';

const kinds = (read: (signal: AbortSignal) => Promise<string>): { seen: string[]; patient: PatientRead<string> } => {
  const seen: string[] = [];
  const patient = new PatientRead(read, () => seen.push(patient.state.kind));
  return { seen, patient };
};

test('what answers at once is never said to be waited for', async () => {
  const { seen, patient } = kinds(() => Promise.resolve('layout'));
  await patient.start();
  expect(seen).toEqual(['reading', 'known']);
});

test('what hangs is said to be waited for, and a cancel ends that at once', () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let signal: AbortSignal | null = null;
  const { seen, patient } = kinds((given) => {
    signal = given;
    return new Promise(() => undefined);
  });
  void patient.start();
  vi.advanceTimersByTime(PATIENCE_MILLISECONDS);
  patient.cancel();
  expect(seen).toEqual(['reading', 'waiting', 'cancelled']);
  expect(signal!.aborted).toBe(true);
});

test('a later start makes an earlier one count no more', async () => {
  const answers = ['old', 'new'];
  const { patient } = kinds(() => Promise.resolve(answers.shift()!));
  await Promise.all([patient.start(), patient.start()]);
  expect(patient.state).toEqual({ kind: 'known', value: 'new' });
});
