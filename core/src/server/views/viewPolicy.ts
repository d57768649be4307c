/**
 * Headers of every file of a view. The page runs in an origin that is nobody's (`sandbox`), loads what lies beside it and nothing else, connects to
 * nothing, and may be framed by the workbench alone.
 * @param origin of the view's files
 * @param port of the workbench
 */
export function viewHeaders(origin: string, port: number): Record<string, string> {
  const workbench = ['127.0.0.1', 'localhost'].map((host) => `http://${host}:${port}`).join(' ');
  const policy = [
    "default-src 'none'",
    `script-src ${origin}`,
    `style-src ${origin}`,
    `img-src ${origin} data: blob:`,
    `font-src ${origin}`,
    "connect-src 'none'",
    "frame-src 'none'",
    "worker-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${workbench}`,
    'sandbox allow-scripts',
  ];
  return {
    'content-security-policy': policy.join('; '),
    // What no policy of contents forbids, in browsers that know this: names that are looked up, and hosts that are connected to, ahead of their use.
    'connection-allowlist': '(response-origin)',
    'x-dns-prefetch-control': 'off',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    // Its origin is none, so that to itself the page is another one.
    'access-control-allow-origin': 'null',
    'cross-origin-resource-policy': 'cross-origin',
    'permissions-policy': DENIED.map((feature) => `${feature}=()`).join(', '),
    'cache-control': 'no-store',
  };
}

const DENIED = [
  'accelerometer',
  'autoplay',
  'bluetooth',
  'camera',
  'clipboard-read',
  'clipboard-write',
  'display-capture',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'storage-access',
  'usb',
  'web-share',
  'window-management',
  'xr-spatial-tracking',
];
