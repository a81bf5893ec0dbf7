import { number } from '../text/format';
import { words } from '../text/words';

export const notifyWords = words({
  en: {
    title: 'Notifications',
    unread: 'unread',
    none: 'Nothing happened while this page was open.',
    noneWhat:
      'Lost and returned nodes, copied machines, machines that wait with a code, sessions that broke, and a hub that was away are told here.',
    clear: 'Clear',
    close: 'Close',
    kinds: {
      'nodes-lost': (n: number) =>
        n === 1 ? 'A node lost its link' : `${number(n)} nodes lost their links`,
      'nodes-back': (n: number) => (n === 1 ? 'A node is back' : `${number(n)} nodes are back`),
      'node-copied': () => 'Two machines use one key',
      'node-joined': (n: number) => (n === 1 ? 'A node joined' : `${number(n)} nodes joined`),
      'pairing-waits': (n: number) =>
        n === 1 ? 'A machine waits with a code' : `${number(n)} machines wait with codes`,
      'sessions-ended': (n: number) =>
        n === 1 ? 'A session was cut' : `${number(n)} sessions were cut`,
      'hub-away': () => 'The hub did not answer',
      'hub-back': () => 'The hub is back',
    },
    more: (n: number) => `and ${number(n)} more`,
    cause: (cause: string) => `Cause: ${cause}`,
    approve: 'Approve a code',
  },
  de: {
    title: 'Mitteilungen',
    unread: 'ungelesen',
    none: 'Nichts geschah, solange diese Seite offen war.',
    noneWhat:
      'Hier stehen verlorene und zurückgekehrte Knoten, kopierte Maschinen, Maschinen, die mit einem Code warten, abgerissene Sitzungen und ein Hub, der fort war.',
    clear: 'Leeren',
    close: 'Schließen',
    kinds: {
      'nodes-lost': (n: number) =>
        n === 1 ? 'Ein Knoten verlor seinen Link' : `${number(n)} Knoten verloren ihre Links`,
      'nodes-back': (n: number) =>
        n === 1 ? 'Ein Knoten ist zurück' : `${number(n)} Knoten sind zurück`,
      'node-copied': () => 'Zwei Maschinen nutzen einen Schlüssel',
      'node-joined': (n: number) =>
        n === 1 ? 'Ein Knoten kam hinzu' : `${number(n)} Knoten kamen hinzu`,
      'pairing-waits': (n: number) =>
        n === 1 ? 'Eine Maschine wartet mit einem Code' : `${number(n)} Maschinen warten mit Codes`,
      'sessions-ended': (n: number) =>
        n === 1 ? 'Eine Sitzung wurde getrennt' : `${number(n)} Sitzungen wurden getrennt`,
      'hub-away': () => 'Der Hub antwortete nicht',
      'hub-back': () => 'Der Hub ist zurück',
    },
    more: (n: number) => `und ${number(n)} weitere`,
    cause: (cause: string) => `Grund: ${cause}`,
    approve: 'Code bestätigen',
  },
});
