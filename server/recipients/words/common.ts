import type { PageLanguage } from '../languages.ts';

/** A heading and a sentence. */
export interface PageWords {
  title: string;
  text: string;
}

/** Why mail that somebody wants still does not go to them. */
export type StopReason = 'complaint' | 'bounce' | 'provider' | 'refused' | 'other';

/** What pages for recipients say in common. */
export interface CommonWords {
  /** Names the links to the page in other languages. */
  languages: string;
  /** A link from a mail that is none of ours. */
  unknown: PageWords;
  tooMany: PageWords;
  reasons: Record<StopReason, string>;
}

const commonWords = {
  en: {
    languages: 'Language',
    unknown: {
      title: 'This link is not known',
      text: 'Nothing was changed. Copy the whole link from the mail.',
    },
    tooMany: { title: 'Too many requests', text: 'Nothing was changed. Try again in a minute.' },
    reasons: {
      complaint:
        'You reported our mail as spam, and we respect that. Please contact us if you want to receive it again.',
      bounce:
        'Mail to your address came back as undeliverable. Please contact us once your mailbox works again.',
      provider:
        'The service that sends our mail still has your address on its list of unsubscribed addresses. Please try again later.',
      refused:
        'You have asked for no newsletters or offers, or for essential mail only. You can change that in your preferences.',
      other: 'We have turned this mail off for your address. Please contact us if you want to receive it.',
    },
  },
  nl: {
    languages: 'Taal',
    unknown: {
      title: 'Deze link is onbekend',
      text: 'Er is niets gewijzigd. Kopieer de hele link uit de mail.',
    },
    tooMany: {
      title: 'Te veel verzoeken',
      text: 'Er is niets gewijzigd. Probeer het over een minuut opnieuw.',
    },
    reasons: {
      complaint:
        'U hebt onze mail als spam gemeld en dat respecteren we. Neem contact met ons op als u die weer wilt ontvangen.',
      bounce:
        'Mail aan uw adres kwam als onbestelbaar terug. Neem contact met ons op zodra uw mailbox weer werkt.',
      provider:
        'De dienst die onze mail verstuurt, heeft uw adres nog op de lijst van uitgeschreven adressen staan. Probeer het later opnieuw.',
      refused:
        'U hebt aangegeven geen nieuwsbrieven en aanbiedingen of alleen noodzakelijke mail te willen. Dat kunt u wijzigen bij uw voorkeuren.',
      other: 'Wij hebben deze mail voor uw adres uitgezet. Neem contact met ons op als u die wilt ontvangen.',
    },
  },
  de: {
    languages: 'Sprache',
    unknown: {
      title: 'Dieser Link ist nicht bekannt',
      text: 'Es wurde nichts geändert. Kopieren Sie den ganzen Link aus der Mail.',
    },
    tooMany: {
      title: 'Zu viele Anfragen',
      text: 'Es wurde nichts geändert. Versuchen Sie es in einer Minute noch einmal.',
    },
    reasons: {
      complaint:
        'Sie haben unsere Mail als Spam gemeldet, und das respektieren wir. Bitte melden Sie sich bei uns, wenn Sie sie wieder erhalten möchten.',
      bounce:
        'Mail an Ihre Adresse kam als unzustellbar zurück. Bitte melden Sie sich bei uns, sobald Ihr Postfach wieder funktioniert.',
      provider:
        'Der Dienst, der unsere Mail verschickt, führt Ihre Adresse noch auf seiner Liste abgemeldeter Adressen. Bitte versuchen Sie es später noch einmal.',
      refused:
        'Sie möchten keine Newsletter und Angebote oder nur notwendige Mail erhalten. Das können Sie in Ihren Einstellungen ändern.',
      other:
        'Wir haben diese Mail für Ihre Adresse abgeschaltet. Bitte melden Sie sich bei uns, wenn Sie sie erhalten möchten.',
    },
  },
  fr: {
    languages: 'Langue',
    unknown: {
      title: 'Ce lien est inconnu',
      text: 'Rien n’a été modifié. Copiez le lien entier depuis l’e-mail.',
    },
    tooMany: { title: 'Trop de demandes', text: 'Rien n’a été modifié. Réessayez dans une minute.' },
    reasons: {
      complaint:
        'Vous avez signalé nos e-mails comme indésirables et nous respectons ce choix. Contactez-nous si vous souhaitez les recevoir à nouveau.',
      bounce:
        'Un e-mail envoyé à votre adresse n’a pas pu être remis. Contactez-nous dès que votre boîte fonctionne à nouveau.',
      provider:
        'Le service qui envoie nos e-mails a encore votre adresse dans sa liste de désabonnements. Réessayez plus tard.',
      refused:
        'Vous avez demandé à ne recevoir ni newsletters ni offres, ou seulement les e-mails essentiels. Vous pouvez changer cela dans vos préférences.',
      other:
        'Nous avons désactivé ces e-mails pour votre adresse. Contactez-nous si vous souhaitez les recevoir.',
    },
  },
} satisfies Record<PageLanguage, CommonWords>;

/** The words in a language. */
export function commonWordsIn(language: PageLanguage): CommonWords {
  return commonWords[language];
}
