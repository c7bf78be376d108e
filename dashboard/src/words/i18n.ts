/** English texts stand in the code and are the keys; `words.<language>.json` beside them holds translations, and
 * `words.en.json` the English plurals. A namespace is a folder of `pages/`, or `app` for everything shared. */
import i18next, { type BackendModule } from 'i18next';
import { initReactI18next } from 'react-i18next';

export const LANGUAGES = { en: 'English', de: 'Deutsch', es: 'Español' } as const;
export type Language = keyof typeof LANGUAGES;

const KEPT = 'parley.language';
const files = import.meta.glob<Record<string, string>>('../**/words.*.json', { import: 'default' });

const backend: BackendModule = {
  type: 'backend',
  init() {},
  read(language, namespace, done) {
    const folder = namespace === 'app' ? '.' : `../pages/${namespace}`;
    const load = files[`${folder}/words.${language}.json`];
    if (!load) return done(null, {});
    load().then(
      (words) => done(null, words),
      () => done(null, {}),
    );
  },
};

function preferred(): Language {
  const wanted = [localStorage.getItem(KEPT), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return (wanted.find((tag) => tag && tag in LANGUAGES) ?? 'en') as Language;
}

export function speak(language: Language): void {
  localStorage.setItem(KEPT, language);
  document.documentElement.lang = language;
  void i18next.changeLanguage(language);
}

document.documentElement.lang = preferred();
void i18next
  .use(backend)
  .use(initReactI18next)
  .init({
    lng: preferred(),
    fallbackLng: false,
    supportedLngs: Object.keys(LANGUAGES),
    ns: ['app'],
    defaultNS: 'app',
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    returnEmptyString: false,
  });

export { i18next };
