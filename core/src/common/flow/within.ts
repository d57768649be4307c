/** What `promise` gives, or `otherwise` when it does not settle in time; it goes on then, and its failure is nobody's concern. */
export async function within<T, F>(milliseconds: number, promise: Promise<T>, otherwise: F): Promise<T | F> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<F>((resolve) => (timer = setTimeout(() => resolve(otherwise), milliseconds)));
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
