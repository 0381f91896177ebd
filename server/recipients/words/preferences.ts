import type { PageLanguage } from '../languages.ts';

/** What is said about a choice after it was saved: that it is on now, or off. */
interface Switched {
  on: string;
  off: string;
}

/** What the preference page says; `{topic}` stands for a topic's name. */
export interface PreferenceWords {
  title: string;
  /** Over the topics. */
  topics: string;
  /** Of a topic whose confirmation is still waited for. */
  pending: string;
  /** Over the two wider choices. */
  wider: string;
  allBulk: { name: string; description: string };
  nonEssential: { name: string; description: string };
  save: string;
  saved: string;
  unchanged: string;
  changed: { topic: Switched; bulk: Switched; nonEssential: Switched };
  /** The reasons follow. */
  stopped: string;
  notSaved: string;
  /** What was sent is no form of ours. */
  notRead: string;
  /** A topic was chosen that is not on the page. */
  notOffered: string;
}

const preferenceWords = {
  en: {
    title: 'Your mail preferences',
    topics: 'What would you like to receive?',
    pending: 'Not confirmed yet. Tick it and save to confirm it.',
    wider: 'Would you like less mail?',
    allBulk: {
      name: 'No newsletters or offers at all',
      description: 'Whatever is ticked above. This also covers topics that we add later.',
    },
    nonEssential: {
      name: 'Only essential mail',
      description: 'Such as password resets, receipts and security notices.',
    },
    save: 'Save',
    saved: 'Saved',
    unchanged: 'Your preferences were like this already.',
    changed: {
      topic: { on: 'You are subscribed to “{topic}”.', off: 'You are unsubscribed from “{topic}”.' },
      bulk: {
        on: 'You will receive newsletters and offers again, as ticked below.',
        off: 'You will no longer receive newsletters or offers.',
      },
      nonEssential: {
        on: 'You will receive more than essential mail again.',
        off: 'You will receive essential mail only.',
      },
    },
    stopped: 'Not all that you chose can be sent to you:',
    notSaved: 'Not saved',
    notRead: 'Nothing was changed, because your choice could not be read. Look it over and save again.',
    notOffered:
      'Nothing was changed, because a topic that you chose is no longer available. Look your choice over and save again.',
  },
  nl: {
    title: 'Uw mailvoorkeuren',
    topics: 'Wat wilt u ontvangen?',
    pending: 'Nog niet bevestigd. Vink het aan en sla op om het te bevestigen.',
    wider: 'Wilt u minder mail?',
    allBulk: {
      name: 'Helemaal geen nieuwsbrieven en aanbiedingen',
      description:
        'Wat er hierboven ook is aangevinkt. Dit geldt ook voor onderwerpen die we later toevoegen.',
    },
    nonEssential: {
      name: 'Alleen noodzakelijke mail',
      description: 'Zoals wachtwoordherstel, bonnen en beveiligingsmeldingen.',
    },
    save: 'Opslaan',
    saved: 'Opgeslagen',
    unchanged: 'Uw voorkeuren waren al zo ingesteld.',
    changed: {
      topic: { on: 'U bent ingeschreven voor “{topic}”.', off: 'U bent uitgeschreven voor “{topic}”.' },
      bulk: {
        on: 'U ontvangt weer nieuwsbrieven en aanbiedingen, zoals hieronder aangevinkt.',
        off: 'U ontvangt geen nieuwsbrieven en aanbiedingen meer.',
      },
      nonEssential: {
        on: 'U ontvangt weer meer dan alleen noodzakelijke mail.',
        off: 'U ontvangt alleen nog noodzakelijke mail.',
      },
    },
    stopped: 'Niet alles wat u hebt gekozen, kan naar u worden verstuurd:',
    notSaved: 'Niet opgeslagen',
    notRead:
      'Er is niets gewijzigd, want uw keuze kon niet worden gelezen. Kijk uw keuze na en sla opnieuw op.',
    notOffered:
      'Er is niets gewijzigd, want een onderwerp dat u hebt gekozen, is niet meer beschikbaar. Kijk uw keuze na en sla opnieuw op.',
  },
  de: {
    title: 'Ihre Mail-Einstellungen',
    topics: 'Was möchten Sie erhalten?',
    pending: 'Noch nicht bestätigt. Zum Bestätigen ankreuzen und speichern.',
    wider: 'Möchten Sie weniger Mail?',
    allBulk: {
      name: 'Gar keine Newsletter und Angebote',
      description: 'Unabhängig von der Auswahl oben. Das gilt auch für Themen, die später hinzukommen.',
    },
    nonEssential: {
      name: 'Nur notwendige Mail',
      description: 'Etwa zum Zurücksetzen des Passworts, Belege und Sicherheitshinweise.',
    },
    save: 'Speichern',
    saved: 'Gespeichert',
    unchanged: 'Ihre Einstellungen waren bereits so.',
    changed: {
      topic: { on: 'Sie sind für „{topic}“ angemeldet.', off: 'Sie sind von „{topic}“ abgemeldet.' },
      bulk: {
        on: 'Sie erhalten wieder Newsletter und Angebote, so wie unten ausgewählt.',
        off: 'Sie erhalten keine Newsletter und Angebote mehr.',
      },
      nonEssential: {
        on: 'Sie erhalten wieder mehr als nur notwendige Mail.',
        off: 'Sie erhalten nur noch notwendige Mail.',
      },
    },
    stopped: 'Nicht alles, was Sie gewählt haben, kann an Sie verschickt werden:',
    notSaved: 'Nicht gespeichert',
    notRead:
      'Es wurde nichts geändert, weil Ihre Auswahl nicht gelesen werden konnte. Prüfen Sie Ihre Auswahl, und speichern Sie noch einmal.',
    notOffered:
      'Es wurde nichts geändert, weil ein gewähltes Thema nicht mehr verfügbar ist. Prüfen Sie Ihre Auswahl, und speichern Sie noch einmal.',
  },
  fr: {
    title: 'Vos préférences d’e-mail',
    topics: 'Que souhaitez-vous recevoir ?',
    pending: 'Pas encore confirmé. Cochez et enregistrez pour confirmer.',
    wider: 'Souhaitez-vous recevoir moins d’e-mails ?',
    allBulk: {
      name: 'Aucune newsletter ni offre',
      description: 'Quels que soient les choix ci-dessus. Cela vaut aussi pour les sujets ajoutés plus tard.',
    },
    nonEssential: {
      name: 'Uniquement les e-mails essentiels',
      description: 'Par exemple réinitialisation du mot de passe, reçus et alertes de sécurité.',
    },
    save: 'Enregistrer',
    saved: 'Enregistré',
    unchanged: 'Vos préférences étaient déjà ainsi.',
    changed: {
      topic: {
        on: 'Abonnement à « {topic} » enregistré.',
        off: 'Désabonnement de « {topic} » enregistré.',
      },
      bulk: {
        on: 'Vous recevrez de nouveau des newsletters et des offres, selon les choix ci-dessous.',
        off: 'Vous ne recevrez plus ni newsletters ni offres.',
      },
      nonEssential: {
        on: 'Vous ne recevrez plus seulement les e-mails essentiels.',
        off: 'Vous ne recevrez plus que les e-mails essentiels.',
      },
    },
    stopped: 'Une partie de ce que vous avez choisi ne peut pas vous être envoyée :',
    notSaved: 'Non enregistré',
    notRead:
      'Rien n’a été modifié, car votre choix n’a pas pu être lu. Vérifiez-le, puis enregistrez de nouveau.',
    notOffered:
      'Rien n’a été modifié, car un sujet que vous avez choisi n’est plus disponible. Vérifiez votre choix, puis enregistrez de nouveau.',
  },
} satisfies Record<PageLanguage, PreferenceWords>;

/** The words in a language. */
export function preferenceWordsIn(language: PageLanguage): PreferenceWords {
  return preferenceWords[language];
}
