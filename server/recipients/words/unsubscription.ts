import type { PageLanguage } from '../languages.ts';
import type { PageWords } from './common.ts';

/** What the page of a link to unsubscribe says; `{topic}` stands for the topic's name. */
export interface UnsubscriptionWords {
  open: PageWords & { button: string };
  done: PageWords;
  /** Of mail that is on no topic: then it means every newsletter and offer. */
  doneAll: PageWords;
  /** On the button that brings it back. */
  undo: string;
  undone: PageWords;
  undoneAll: PageWords;
  /** Asked for again, while something else stops it; the reasons follow. */
  stopped: PageWords;
  stoppedAll: PageWords;
  /** A topic that mail goes out on no more. */
  closed: PageWords;
  /** Mail that is on no topic. */
  noTopic: PageWords;
  /** The link to the preferences. */
  preferences: string;
}

const unsubscriptionWords = {
  en: {
    open: {
      title: 'Unsubscribe',
      text: 'Would you like to stop receiving “{topic}”?',
      button: 'Unsubscribe',
    },
    done: {
      title: 'You are unsubscribed',
      text: 'You will no longer receive “{topic}”. A mail that is already on its way may still reach you.',
    },
    doneAll: {
      title: 'You are unsubscribed',
      text: 'You will no longer receive newsletters or offers from us. A mail that is already on its way may still reach you.',
    },
    undo: 'That was a mistake: subscribe again',
    undone: { title: 'You are subscribed again', text: 'You will receive “{topic}” again.' },
    undoneAll: {
      title: 'You are subscribed again',
      text: 'You will receive our newsletters and offers again, as your preferences say.',
    },
    stopped: {
      title: 'Not sent to you yet',
      text: 'You would like “{topic}” again, but something stops it.',
    },
    stoppedAll: {
      title: 'Not sent to you yet',
      text: 'You would like our newsletters and offers again, but something stops them.',
    },
    closed: { title: 'No longer available', text: '“{topic}” is no longer sent. Nothing was changed.' },
    noTopic: {
      title: 'This mail is not a newsletter',
      text: 'We sent it because of something you did, such as an order or a sign-in. You can choose what else you receive.',
    },
    preferences: 'All your mail preferences',
  },
  nl: {
    open: { title: 'Uitschrijven', text: 'Wilt u “{topic}” niet meer ontvangen?', button: 'Uitschrijven' },
    done: {
      title: 'U bent uitgeschreven',
      text: 'U ontvangt “{topic}” niet meer. Een mail die al onderweg is, kan nog aankomen.',
    },
    doneAll: {
      title: 'U bent uitgeschreven',
      text: 'U ontvangt geen nieuwsbrieven en aanbiedingen meer van ons. Een mail die al onderweg is, kan nog aankomen.',
    },
    undo: 'Dat was een vergissing: weer inschrijven',
    undone: { title: 'U bent weer ingeschreven', text: 'U ontvangt “{topic}” weer.' },
    undoneAll: {
      title: 'U bent weer ingeschreven',
      text: 'U ontvangt onze nieuwsbrieven en aanbiedingen weer, volgens uw voorkeuren.',
    },
    stopped: {
      title: 'Nog niet naar u verstuurd',
      text: 'U wilt “{topic}” weer ontvangen, maar iets houdt het tegen.',
    },
    stoppedAll: {
      title: 'Nog niet naar u verstuurd',
      text: 'U wilt onze nieuwsbrieven en aanbiedingen weer ontvangen, maar iets houdt ze tegen.',
    },
    closed: {
      title: 'Niet meer beschikbaar',
      text: '“{topic}” wordt niet meer verstuurd. Er is niets gewijzigd.',
    },
    noTopic: {
      title: 'Deze mail is geen nieuwsbrief',
      text: 'We hebben deze mail gestuurd vanwege iets wat u hebt gedaan, zoals een bestelling of een aanmelding. U kunt kiezen wat u verder ontvangt.',
    },
    preferences: 'Al uw mailvoorkeuren',
  },
  de: {
    open: { title: 'Abmelden', text: 'Möchten Sie „{topic}“ nicht mehr erhalten?', button: 'Abmelden' },
    done: {
      title: 'Sie sind abgemeldet',
      text: 'Sie erhalten „{topic}“ nicht mehr. Eine Mail, die schon unterwegs ist, kann Sie noch erreichen.',
    },
    doneAll: {
      title: 'Sie sind abgemeldet',
      text: 'Sie erhalten keine Newsletter und Angebote mehr von uns. Eine Mail, die schon unterwegs ist, kann Sie noch erreichen.',
    },
    undo: 'Das war ein Versehen: wieder anmelden',
    undone: { title: 'Sie sind wieder angemeldet', text: 'Sie erhalten „{topic}“ wieder.' },
    undoneAll: {
      title: 'Sie sind wieder angemeldet',
      text: 'Sie erhalten unsere Newsletter und Angebote wieder, so wie in Ihren Einstellungen gewählt.',
    },
    stopped: {
      title: 'Noch nicht wieder aktiv',
      text: 'Sie möchten „{topic}“ wieder erhalten, aber etwas steht dem noch entgegen.',
    },
    stoppedAll: {
      title: 'Noch nicht wieder aktiv',
      text: 'Sie möchten unsere Newsletter und Angebote wieder erhalten, aber etwas steht dem noch entgegen.',
    },
    closed: {
      title: 'Nicht mehr verfügbar',
      text: '„{topic}“ wird nicht mehr verschickt. Es wurde nichts geändert.',
    },
    noTopic: {
      title: 'Diese Mail ist kein Newsletter',
      text: 'Wir haben sie geschickt, weil Sie etwas getan haben, zum Beispiel bestellt oder sich angemeldet. Was Sie sonst noch erhalten, können Sie wählen.',
    },
    preferences: 'Alle Ihre Mail-Einstellungen',
  },
  fr: {
    open: {
      title: 'Se désabonner',
      text: 'Souhaitez-vous ne plus recevoir « {topic} » ?',
      button: 'Se désabonner',
    },
    done: {
      title: 'Désabonnement enregistré',
      text: 'Vous ne recevrez plus « {topic} ». Un e-mail déjà en route peut encore vous parvenir.',
    },
    doneAll: {
      title: 'Désabonnement enregistré',
      text: 'Vous ne recevrez plus ni newsletters ni offres de notre part. Un e-mail déjà en route peut encore vous parvenir.',
    },
    undo: 'C’était une erreur : me réabonner',
    undone: { title: 'Abonnement rétabli', text: 'Vous recevrez de nouveau « {topic} ».' },
    undoneAll: {
      title: 'Abonnement rétabli',
      text: 'Vous recevrez de nouveau nos newsletters et nos offres, selon vos préférences.',
    },
    stopped: {
      title: 'Pas encore réactivé',
      text: 'Vous souhaitez recevoir de nouveau « {topic} », mais quelque chose s’y oppose encore.',
    },
    stoppedAll: {
      title: 'Pas encore réactivé',
      text: 'Vous souhaitez recevoir de nouveau nos newsletters et nos offres, mais quelque chose s’y oppose encore.',
    },
    closed: {
      title: 'Plus disponible',
      text: '« {topic} » n’est plus envoyé. Rien n’a été modifié.',
    },
    noTopic: {
      title: 'Cet e-mail n’est pas une newsletter',
      text: 'Nous l’avons envoyé à la suite d’une action de votre part, par exemple une commande ou une connexion. Vous pouvez choisir ce que vous recevez par ailleurs.',
    },
    preferences: 'Toutes vos préférences d’e-mail',
  },
} satisfies Record<PageLanguage, UnsubscriptionWords>;

/** The words in a language. */
export function unsubscriptionWordsIn(language: PageLanguage): UnsubscriptionWords {
  return unsubscriptionWords[language];
}
