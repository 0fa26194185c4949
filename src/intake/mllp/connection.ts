import type { Socket } from 'node:net';
import { FrameDecoder, type FrameEvent } from './frames.ts';
import type { MllpPeer } from './peer.ts';

export interface MllpLimits {
  /** Of one message. */
  readonly frameBytes: number;
  readonly connections: number;
  /** A connection on which nothing comes for so long is closed. */
  readonly idleMs: number;
  /** A message that is not whole so long after its first byte ends the connection. */
  readonly frameMs: number;
  /** A peer that does not take its acknowledgement for so long is disconnected. */
  readonly unreadAcknowledgementMs: number;
}

/** Something that its operator should know of. No text of a message is in it. */
export interface MllpFault {
  readonly kind: 'garbage' | 'oversize' | 'cut' | 'idle' | 'slow' | 'unread-acknowledgement' | 'no-memory' | 'failed' | 'connection' | 'too-many-connections' | 'tls' | 'listener';
  readonly peer: MllpPeer | undefined;
  readonly diagnostics: string;
  readonly cause?: unknown;
}

/** Memory that one message holds until it is answered. */
export interface MessageLease {
  /** Reserves what is missing to so many bytes; waits while all is taken, and fails when that takes too long. */
  cover(bytes: number): Promise<void>;
  /** Gives everything back, also what is still waited for. */
  end(): void;
}

export interface MllpHandlers {
  /**
   * Takes in one message and answers it, without framing; undefined when no answer is wanted. The next message of the
   * connection waits until then. When it fails, the connection is closed without an answer, and the sender sends again.
   */
  readonly receive: (frame: Buffer, peer: MllpPeer) => Promise<Buffer | undefined>;
  /** Answers a message over the limit, of which only the beginning is known. */
  readonly refuse: (head: Buffer, peer: MllpPeer) => Buffer | undefined;
  /** Memory for one message. */
  readonly lease: () => MessageLease;
  readonly onFault: (fault: MllpFault) => void;
}

/** A frame that outgrows this reserves memory, each time twice what has come. */
const UNRESERVED_BYTES = 64 * 1024;
/** How long the CR behind 0x1C is waited for. */
const SETTLE_MS = 200;
/** How long a peer may take to close its side, so that what was sent last is not lost to a reset. */
const LINGER_MS = 1_000;
const FRAME_START = Buffer.of(0x0b);
const FRAME_END = Buffer.of(0x1c, 0x0d);

/** One connection: its messages one after another, each answered before the next one is looked at. */
export class MllpConnection {
  readonly #socket: Socket;
  readonly #peer: MllpPeer;
  readonly #limits: MllpLimits;
  readonly #handlers: MllpHandlers;
  readonly #decoder: FrameDecoder;
  /** Of the message that is coming in, once it is large. */
  #lease: MessageLease | undefined;
  /** By when it must be whole. */
  #deadline: NodeJS.Timeout | undefined;
  #settling: NodeJS.Timeout | undefined;
  #isBusy = false;
  #isLast = false;
  #isClosing = false;

  constructor(socket: Socket, peer: MllpPeer, { limits, handlers }: { limits: MllpLimits; handlers: MllpHandlers }) {
    this.#socket = socket;
    this.#peer = peer;
    this.#limits = limits;
    this.#handlers = handlers;
    this.#decoder = new FrameDecoder(limits.frameBytes);
    socket.setTimeout(limits.idleMs);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('end', () => void this.#finish());
    socket.on('timeout', () => this.#timeOut());
    socket.on('error', (cause) => this.#fault('connection', 'The connection broke off', cause));
    socket.on('close', () => this.#closed());
  }

  /** Lets the message under way be answered, then closes. */
  stop(): void {
    this.#isLast = true;
    if (!this.#isBusy) this.#close();
  }

  /** Closes at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** Nobody is there any more who could be answered. */
  get #isOver(): boolean {
    return this.#isClosing || this.#socket.destroyed;
  }

  #read(chunk: Buffer): void {
    if (this.#isClosing) return;
    clearTimeout(this.#settling);
    this.#decoder.push(chunk);
    void this.#work();
  }

  /** Answers all messages of the piece, while no more is read of the socket. */
  async #work(settled?: FrameEvent): Promise<void> {
    this.#isBusy = true;
    this.#socket.pause();
    for (let event = settled ?? this.#decoder.next(); event !== undefined && !this.#isOver; event = this.#decoder.next()) {
      await this.#handle(event);
      if (this.#isLast) this.#close();
    }
    if (!this.#isOver) await this.#reserve();
    this.#isBusy = false;
    if (this.#isLast) this.#close();
    if (this.#isOver) return;
    if (this.#decoder.heldBytes > 0) this.#deadline ??= setTimeout(() => this.#endSlow(), this.#limits.frameMs);
    if (this.#decoder.isEnding) this.#settling = setTimeout(() => void this.#work(this.#decoder.settle()), SETTLE_MS);
    this.#socket.setTimeout(this.#limits.idleMs);
    this.#socket.resume();
  }

  async #handle(event: FrameEvent): Promise<void> {
    if (event.kind === 'garbage') return this.#fault('garbage', `${event.length} bytes stood in no frame (0x0B message 0x1C 0x0D) and were skipped`);
    this.#dropDeadline();
    const lease = await this.#memoryFor(event);
    if (lease === undefined) return;
    try {
      const answer = event.kind === 'frame' ? await this.#handlers.receive(event.bytes, this.#peer) : this.#refuse(event);
      if (answer !== undefined) await this.#send(answer);
    } catch (cause) {
      this.#fault('failed', 'A message could not be taken in; it was not acknowledged', cause);
      this.#close();
    } finally {
      lease.end();
    }
  }

  #refuse({ head, length }: Extract<FrameEvent, { kind: 'oversize' }>): Buffer | undefined {
    this.#fault('oversize', `A message of ${length} bytes is over the limit of ${this.#limits.frameBytes} and was skipped`);
    return this.#handlers.refuse(head, this.#peer);
  }

  async #memoryFor(event: FrameEvent): Promise<MessageLease | undefined> {
    const lease = this.#lease ?? this.#handlers.lease();
    this.#lease = undefined;
    const isCovered = await this.#cover(lease, event.kind === 'frame' ? event.bytes.length : 0);
    if (!isCovered) lease.end();
    return isCovered ? lease : undefined;
  }

  async #reserve(): Promise<void> {
    const held = Math.min(this.#decoder.heldBytes, this.#limits.frameBytes);
    if (held <= UNRESERVED_BYTES) return;
    this.#lease ??= this.#handlers.lease();
    await this.#cover(this.#lease, Math.min(2 * held, this.#limits.frameBytes));
  }

  async #cover(lease: MessageLease, bytes: number): Promise<boolean> {
    try {
      await lease.cover(bytes);
      return true;
    } catch (cause) {
      this.#fault('no-memory', 'There is no memory for the message now; it was not acknowledged, and the connection is closed', cause);
      this.#close();
      return false;
    }
  }

  #send(answer: Buffer): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#fault('unread-acknowledgement', `The peer has not read an acknowledgement for ${this.#limits.unreadAcknowledgementMs} ms and is disconnected`);
        this.#socket.destroy();
      }, this.#limits.unreadAcknowledgementMs);
      this.#socket.write(Buffer.concat([FRAME_START, answer, FRAME_END]), () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** The peer sends no more; it may still read. */
  async #finish(): Promise<void> {
    if (this.#isClosing) return;
    clearTimeout(this.#settling);
    if (this.#decoder.isEnding) await this.#work(this.#decoder.settle());
    if (this.#decoder.heldBytes > 0) this.#fault('cut', `The connection ended within a message, after ${this.#decoder.heldBytes} bytes of it`);
    this.#close();
  }

  #timeOut(): void {
    if (this.#isBusy) return;
    if (this.#decoder.heldBytes > 0) this.#fault('idle', `Nothing came for ${this.#limits.idleMs} ms within a message, after ${this.#decoder.heldBytes} bytes of it`);
    this.#close();
  }

  /** Who sends byte by byte keeps its memory no longer than this, though the connection is never silent. */
  #endSlow(): void {
    this.#fault('slow', `A message was not whole within ${this.#limits.frameMs} ms, after ${this.#decoder.heldBytes} bytes of it`);
    this.#close();
  }

  #dropDeadline(): void {
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
  }

  #close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    clearTimeout(this.#settling);
    this.#dropDeadline();
    this.#socket.end();
    this.#socket.resume();
    const timer = setTimeout(() => this.#socket.destroy(), LINGER_MS);
    this.#socket.on('close', () => clearTimeout(timer));
  }

  #closed(): void {
    this.#isClosing = true;
    clearTimeout(this.#settling);
    this.#dropDeadline();
    this.#lease?.end();
  }

  #fault(kind: MllpFault['kind'], diagnostics: string, cause?: unknown): void {
    this.#handlers.onFault({ kind, peer: this.#peer, diagnostics, ...(cause === undefined ? {} : { cause }) });
  }
}
