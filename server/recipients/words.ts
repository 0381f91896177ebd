/** What a page for recipients says, in one language; `{topic}` stands for the topic's name. */
export interface ConfirmationWords {
  open: PageWords & { button: string };
  confirmed: PageWords;
  expired: PageWords;
  unknown: PageWords;
  tooMany: PageWords;
}

interface PageWords {
  title: string;
  text: string;
}

/** By language: further ones are added here. */
const confirmationWords = {
  en: {
    open: {
      title: 'Confirm your subscription',
      text: 'You asked to get “{topic}” by mail. Confirm it with the button. If it was not you, close this page: then nothing is sent.',
      button: 'Confirm',
    },
    confirmed: { title: 'You are subscribed', text: '“{topic}” goes to your address from now on.' },
    expired: {
      title: 'This link is no longer valid',
      text: 'Nothing was changed. To get “{topic}”, subscribe once more.',
    },
    unknown: {
      title: 'This link is not known',
      text: 'Nothing was changed. Copy the whole link from the mail, or subscribe once more.',
    },
    tooMany: { title: 'Too many requests', text: 'Nothing was changed. Try again in a minute.' },
  },
  nl: {
    open: {
      title: 'Bevestig uw inschrijving',
      text: 'U hebt gevraagd om “{topic}” per mail te ontvangen. Bevestig dat met de knop. Was u dat niet, sluit dan deze pagina: dan wordt er niets verstuurd.',
      button: 'Bevestigen',
    },
    confirmed: { title: 'U bent ingeschreven', text: '“{topic}” gaat vanaf nu naar uw adres.' },
    expired: {
      title: 'Deze link is niet meer geldig',
      text: 'Er is niets gewijzigd. Schrijf u opnieuw in om “{topic}” te ontvangen.',
    },
    unknown: {
      title: 'Deze link is onbekend',
      text: 'Er is niets gewijzigd. Kopieer de hele link uit de mail, of schrijf u opnieuw in.',
    },
    tooMany: {
      title: 'Te veel verzoeken',
      text: 'Er is niets gewijzigd. Probeer het over een minuut opnieuw.',
    },
  },
  de: {
    open: {
      title: 'Anmeldung bestätigen',
      text: 'Sie möchten „{topic}“ per Mail erhalten. Bestätigen Sie das mit der Schaltfläche. Waren Sie das nicht, schließen Sie diese Seite: Dann wird nichts verschickt.',
      button: 'Bestätigen',
    },
    confirmed: { title: 'Sie sind angemeldet', text: '„{topic}“ geht ab jetzt an Ihre Adresse.' },
    expired: {
      title: 'Dieser Link ist nicht mehr gültig',
      text: 'Es wurde nichts geändert. Melden Sie sich erneut an, um „{topic}“ zu erhalten.',
    },
    unknown: {
      title: 'Dieser Link ist nicht bekannt',
      text: 'Es wurde nichts geändert. Kopieren Sie den ganzen Link aus der Mail, oder melden Sie sich erneut an.',
    },
    tooMany: {
      title: 'Zu viele Anfragen',
      text: 'Es wurde nichts geändert. Versuchen Sie es in einer Minute noch einmal.',
    },
  },
  fr: {
    open: {
      title: 'Confirmez votre abonnement',
      text: 'Vous avez demandé à recevoir « {topic} » par e-mail. Confirmez-le avec le bouton. Si ce n’était pas vous, fermez cette page : rien ne sera envoyé.',
      button: 'Confirmer',
    },
    confirmed: { title: 'Vous êtes abonné', text: '« {topic} » est désormais envoyé à votre adresse.' },
    expired: {
      title: 'Ce lien n’est plus valable',
      text: 'Rien n’a été modifié. Pour recevoir « {topic} », abonnez-vous à nouveau.',
    },
    unknown: {
      title: 'Ce lien est inconnu',
      text: 'Rien n’a été modifié. Copiez le lien entier depuis l’e-mail, ou abonnez-vous à nouveau.',
    },
    tooMany: { title: 'Trop de demandes', text: 'Rien n’a été modifié. Réessayez dans une minute.' },
  },
} satisfies Record<string, ConfirmationWords>;

/** A language that there are words in. */
export type PageLanguage = keyof typeof confirmationWords;

/** All of them. */
export const pageLanguages = Object.keys(confirmationWords) as PageLanguage[];

/** The language of a locale such as `nl-BE`; null where there are no words in it. */
export function languageOf(locale: string | null): PageLanguage | null {
  const language = locale?.toLowerCase().split('-')[0];
  return pageLanguages.find(one => one === language) ?? null;
}

/** The words in a language. */
export function wordsIn(language: PageLanguage): ConfirmationWords {
  return confirmationWords[language];
}
