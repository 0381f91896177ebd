import type { PageLanguage } from '../languages.ts';
import type { PageWords } from './common.ts';

/** What the page of a link to confirm says; `{topic}` stands for the topic's name. */
export interface ConfirmationWords {
  open: PageWords & { button: string };
  confirmed: PageWords;
  expired: PageWords;
  unknown: PageWords;
}

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
  },
  fr: {
    open: {
      title: 'Confirmez votre abonnement',
      text: 'Vous avez demandé à recevoir « {topic} » par e-mail. Confirmez-le avec le bouton. Si ce n’était pas vous, fermez cette page : rien ne sera envoyé.',
      button: 'Confirmer',
    },
    confirmed: { title: 'Abonnement confirmé', text: '« {topic} » est désormais envoyé à votre adresse.' },
    expired: {
      title: 'Ce lien n’est plus valable',
      text: 'Rien n’a été modifié. Pour recevoir « {topic} », abonnez-vous à nouveau.',
    },
    unknown: {
      title: 'Ce lien est inconnu',
      text: 'Rien n’a été modifié. Copiez le lien entier depuis l’e-mail, ou abonnez-vous à nouveau.',
    },
  },
} satisfies Record<PageLanguage, ConfirmationWords>;

/** The words in a language. */
export function confirmationWordsIn(language: PageLanguage): ConfirmationWords {
  return confirmationWords[language];
}
