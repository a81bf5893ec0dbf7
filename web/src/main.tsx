import './trustedTypes';
import './nonce';
import '@fontsource-variable/geist/index.css';
import '@fontsource-variable/geist-mono/index.css';
import '@mantine/core/styles.css';
import './design.css';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { mayBeSignedIn } from './identity/me';

// A new version of the console was installed while this page was open: its files are gone.
window.addEventListener('vite:preloadError', (event) => {
  event.preventDefault();
  window.location.reload();
});

// What nearly every page needs comes while the hub is asked who this is.
if (mayBeSignedIn()) {
  void import('./shell/Shell');
  if (/^\/(t\/[^/]+(\/nodes)?\/?)?$/.test(window.location.pathname))
    void import('./fleet/FleetPage');
}

const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
