import { describe, expect, it } from 'vitest';
import { Messages } from './events';

describe('an event stream', () => {
  it('is taken apart whatever pieces it comes in', () => {
    const text =
      ': open\n\nid: 7\nevent: node.online\ndata: {"a":\ndata: 1}\n\n: here\n\nid: 8\r\nevent: end\r\ndata: {}\r\n\r\n';
    for (const size of [1, 2, 7, 1000]) {
      const messages = new Messages();
      const found = [];
      for (let i = 0; i < text.length; i += size) {
        found.push(...messages.add(text.slice(i, i + size)));
      }
      expect(found).toEqual([
        { id: '7', name: 'node.online', data: '{"a":\n1}' },
        { id: '8', name: 'end', data: '{}' },
      ]);
    }
  });
});
