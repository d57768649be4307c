/** What is used of a page's window: the SDK is checked without the types of a browser. */
export interface ViewWindow {
  parent: { postMessage(message: unknown, origin: string): void };
  document: ViewDocument;
  addEventListener(type: 'message', listener: (event: ConnectEvent) => void): void;
  addEventListener(type: 'keydown', listener: (event: KeyEvent) => void): void;
  removeEventListener(type: 'message', listener: (event: ConnectEvent) => void): void;
}

export interface ViewDocument {
  documentElement: {
    dataset: Record<string, string | undefined>;
    style: { setProperty(name: string, value: string): void };
  };
}

export interface ConnectEvent {
  source: unknown;
  data: unknown;
  ports: readonly ViewPort[];
}

export interface KeyEvent {
  key: string;
  ctrlKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  preventDefault(): void;
}

export interface ViewPort {
  postMessage(message: string): void;
  onmessage: ((event: { data: unknown }) => void) | null;
}
