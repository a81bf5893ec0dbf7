import { number } from '../text/format';
import { words } from '../text/words';

export const pictureWords = words({
  en: {
    by: 'Group by',
    byLabel: (key: string) => `by ${key}`,
    noLabels: 'no labels yet',
    hub: 'Hub',
    online: 'Online',
    offline: 'Offline',
    attention: 'Attention',
    thick: 'thicker: more traffic',
    others: 'others',
    without: 'no label',
    of: (online: number, all: number) => `${number(online)} of ${number(all)}`,
    only: (name: string) => `Only ${name}`,
    said: (all: number, online: number, groups: number) =>
      `The hub with ${number(all)} nodes, ${number(online)} of them online, in ${number(groups)} groups; the table has the same.`,
  },
  de: {
    by: 'Gruppieren nach',
    byLabel: (key: string) => `nach ${key}`,
    noLabels: 'noch keine Labels',
    hub: 'Hub',
    online: 'Online',
    offline: 'Offline',
    attention: 'Achtung',
    thick: 'dicker: mehr Verkehr',
    others: 'übrige',
    without: 'ohne Label',
    of: (online: number, all: number) => `${number(online)} von ${number(all)}`,
    only: (name: string) => `Nur ${name}`,
    said: (all: number, online: number, groups: number) =>
      `Der Hub mit ${number(all)} Knoten, davon ${number(online)} online, in ${number(groups)} Gruppen; die Tabelle hat dasselbe.`,
  },
});
