import { words } from '../text/words';

export const identityWords = words({
  en: {
    title: 'Sign in',
    to: (hub: string) => `Sign in to ${hub}`,
    user: 'User',
    userHint: 'NAME, or NAME@TENANT for users of a tenant',
    password: 'Password',
    signIn: 'Sign in',
    again: 'Your sign-in has ended',
    againWhy: 'Sign in again to go on. This page and what you typed are kept.',
    firstTime: 'First time here?',
    firstTimeWhere:
      'The first start printed the address, the user admin and its password in the terminal. The password is shown only once; whoever runs the hub can set another:',
    about:
      'A Fairlead hub: it lets a team reach machines behind other people’s firewalls through one port.',
    fingerprint: 'Fingerprint',
    fingerprintWhy: 'Compare it with the one that your administrator gave you.',
    version: 'Version',
    noTenant: 'You have no grant yet',
    noTenantWhy: 'You are signed in, but nobody has given you a role. Ask an administrator:',
  },
  de: {
    title: 'Anmelden',
    to: (hub: string) => `Anmelden bei ${hub}`,
    user: 'Benutzer',
    userHint: 'NAME, oder NAME@MANDANT für Benutzer eines Mandanten',
    password: 'Passwort',
    signIn: 'Anmelden',
    again: 'Ihre Anmeldung ist abgelaufen',
    againWhy:
      'Melden Sie sich neu an, um weiterzumachen. Diese Seite und Ihre Eingaben bleiben erhalten.',
    firstTime: 'Zum ersten Mal hier?',
    firstTimeWhere:
      'Der erste Start hat Adresse, Benutzer admin und dessen Passwort im Terminal gezeigt. Das Passwort erscheint nur einmal; wer den Hub betreibt, kann ein neues setzen:',
    about:
      'Ein Fairlead-Hub: Durch einen einzigen Port erreicht ein Team Maschinen hinter fremden Firewalls.',
    fingerprint: 'Fingerabdruck',
    fingerprintWhy: 'Vergleichen Sie ihn mit dem, den Sie von Ihrer Administration haben.',
    version: 'Version',
    noTenant: 'Sie haben noch keine Berechtigung',
    noTenantWhy:
      'Sie sind angemeldet, aber niemand hat Ihnen eine Rolle gegeben. Bitten Sie Ihre Administration:',
  },
});
