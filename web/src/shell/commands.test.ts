import { expect, test } from 'vitest';
import { commandLine, shellLine } from './commands';

test('what a session ran is shown as it is typed', () => {
  expect(shellLine('["uptime"]')).toBe('uptime');
  expect(shellLine('["echo","it\'s here","","a=b"]')).toBe("echo 'it'\\''s here' '' a=b");
  for (const text of ['', '127.0.0.1:5432', '["cut of', '["a",1]', '[::1]:22', 'ada']) {
    expect(shellLine(text)).toBe(text);
  }
});

test('a command line leaves out what is missing', () => {
  expect(commandLine('fairlead', false, 'node', null, 'rm', 'a b')).toBe("fairlead node rm 'a b'");
});
