import { number } from '../text/format';
import { words } from '../text/words';

export const enrollWords = words({
  en: {
    title: 'Add a node',
    intro:
      'A machine becomes a node when its agent dials out to this hub. Its owner decides there, in agent.yaml, what may be reached; nothing listens on it.',
    byLine: 'Paste one line',
    byCode: 'Approve a code',
    labels: 'Labels',
    labelsHint: 'site=oslo, role=build. Grants can be for nodes with a label.',
    labelsWrong: (text: string) => `“${text}” is no label: write KEY=VALUE, the key in lower case.`,
    uses: 'For how many machines',
    expires: 'Good for',
    hours: (n: number) => (n === 1 ? '1 hour' : `${number(n)} hours`),
    days: (n: number) => (n === 1 ? '1 day' : `${number(n)} days`),
    make: 'Make the line',
    another: 'Make another',
    noRight:
      'Making the line is for administrators of the tenant. You can approve the code that a machine shows.',
    installTitle: 'On a Linux machine without Fairlead',
    joinTitle: 'Where the fairlead command is already',
    paste:
      'Paste it into a terminal there, as root. The line has the token in it: treat it as a password.',
    loopback:
      'You reach this hub on this machine only, and so does the line. For other machines, start the hub under a name that they can reach: fairlead quickstart --name HOST',
    goodUntil: (when: string) => `Good until ${when}`,
    waiting: 'Waiting for the machine…',
    waitingWhat:
      'Leave this page open: it says when the node is here. It would come without you, too.',
    coming: (name: string) => `${name} has joined, and dials…`,
    here: (name: string) => `${name} is here`,
    hereWhat: 'Its agent has a link to this hub.',
    open: 'Open it',
    code: 'Pairing code',
    codeWhat: (hub: string) =>
      `Where nothing can be pasted: run fairlead agent join --hub ${hub} on the machine. It shows a code and a fingerprint; type the code here.`,
    lookUp: 'Look it up',
    compare:
      'Compare the fingerprint with the one that the machine shows. Only if they are the same is it that machine.',
    fingerprint: 'Fingerprint',
    machine: 'Machine',
    from: 'Dials from',
    name: 'Name as a node',
    approve: 'They are the same: approve',
    deny: 'Turn it away',
    denied: 'It was turned away.',
    approved: (name: string) => `${name} is approved. It joins when the person there confirms.`,
  },
  de: {
    title: 'Knoten hinzufügen',
    intro:
      'Eine Maschine wird zum Knoten, wenn ihr Agent sich bei diesem Hub meldet. Was erreichbar ist, entscheidet dort ihr Eigentümer in agent.yaml; nichts lauscht auf ihr.',
    byLine: 'Eine Zeile einfügen',
    byCode: 'Einen Code bestätigen',
    labels: 'Labels',
    labelsHint: 'site=oslo, role=build. Berechtigungen können für Knoten mit einem Label gelten.',
    labelsWrong: (text: string) =>
      `„${text}“ ist kein Label: SCHLÜSSEL=WERT, der Schlüssel klein geschrieben.`,
    uses: 'Für wie viele Maschinen',
    expires: 'Gültig für',
    hours: (n: number) => (n === 1 ? '1 Stunde' : `${number(n)} Stunden`),
    days: (n: number) => (n === 1 ? '1 Tag' : `${number(n)} Tage`),
    make: 'Zeile erzeugen',
    another: 'Eine weitere',
    noRight:
      'Die Zeile erzeugen Administratoren des Mandanten. Sie können den Code bestätigen, den eine Maschine zeigt.',
    installTitle: 'Auf einer Linux-Maschine ohne Fairlead',
    joinTitle: 'Wo es den Befehl fairlead schon gibt',
    paste:
      'Dort als root in ein Terminal einfügen. In der Zeile steht der Token: behandeln Sie sie wie ein Passwort.',
    loopback:
      'Sie erreichen diesen Hub nur auf dieser Maschine, und so auch die Zeile. Für andere Maschinen den Hub unter einem Namen starten, den sie erreichen: fairlead quickstart --name HOST',
    goodUntil: (when: string) => `Gültig bis ${when}`,
    waiting: 'Warten auf die Maschine …',
    waitingWhat:
      'Lassen Sie die Seite offen: Sie sagt, wenn der Knoten da ist. Er käme auch ohne Sie.',
    coming: (name: string) => `${name} ist beigetreten und meldet sich …`,
    here: (name: string) => `${name} ist da`,
    hereWhat: 'Sein Agent hat eine Verbindung zu diesem Hub.',
    open: 'Öffnen',
    code: 'Kopplungscode',
    codeWhat: (hub: string) =>
      `Wo sich nichts einfügen lässt: auf der Maschine fairlead agent join --hub ${hub} ausführen. Sie zeigt einen Code und einen Fingerabdruck; den Code hier eingeben.`,
    lookUp: 'Nachsehen',
    compare:
      'Vergleichen Sie den Fingerabdruck mit dem, den die Maschine zeigt. Nur wenn beide gleich sind, ist es diese Maschine.',
    fingerprint: 'Fingerabdruck',
    machine: 'Maschine',
    from: 'Meldet sich von',
    name: 'Name als Knoten',
    approve: 'Sie sind gleich: bestätigen',
    deny: 'Abweisen',
    denied: 'Sie wurde abgewiesen.',
    approved: (name: string) =>
      `${name} ist bestätigt. Der Knoten tritt bei, sobald die Person dort zustimmt.`,
  },
});
