extension Vocabulary {
    /// Without case and accents. Topics first, then the parts of addresses and dates.
    static let entries: [(Meaning, String)] = topicEntries + streetEntries + placeEntries + dateEntries

    private static let topicEntries: [(Meaning, String)] = [
        (
            .topic(.phone),
            """
            phone phones telephone telephones tel tels telephoner cell cells cellphone cellular cellulaire mobile \
            mobiles portable fax telecopieur telecopie call called calls calling callback ring rang dial text texted \
            texting sms whatsapp signal imessage telegram appel appeler appelez appelle appelez rappeler rappelez \
            rappelle joindre joignez joignable reach contact contactez contacter composez landline hotline voicemail \
            msisdn pager textez texto textos ph mob gsm telefon
            """
        ),
        (.topic(.ssn), "ssn ssns itin tin soc social"),
        (.topic(.sin), "sin sins nas social sociale"),
        (
            .topic(.card),
            """
            card cards carte cartes visa mastercard mastercards amex discover diners maestro jcb unionpay credit \
            debit interac pan cc ccnum creditcard cardnumber
            """
        ),
        (.social, "social"), (.insurance, "insurance"), (.security, "security sec"), (.taxpayer, "tax taxpayer"),
        (.topic(.iban), "iban ibans"),
        (
            .topic(.health),
            """
            ohip hcn phn phin ramq nam mcp msi msp ahcip hsn medicare maladie soleil nhs healthcard mhsip mhsc yhcip \
            carecard
            """
        ),
        (.topic(.care), "health medical medicale sante healthcare"),
        (
            .topic(.birth),
            """
            born birth birthdate birthday birthdays dob dobs bday naissance naiss ddn naquit birthdates anniversaire \
            borndate
            """
        ),
        (.birthday, "birthday birthdays bday anniversaire"),
        (
            .topic(.reference),
            """
            order orders tracking parcel parcels package packages colis invoice invoices facture factures commande \
            commandes ticket tickets ref reference references confirmation id ids sku isbn issn ean upc gtin \
            asin serial serie part model modele build commit suivi shipment waybill envoi livraison dossier \
            booking reservation transaction txn docket patent imei vin lot batch barcode row rows \
            timestamp epoch uuid hash revision po purchase quote quotation rma coupon function method
            """
        ),
        (
            .topic(.version),
            """
            v version versions ver upgrade upgraded upgrading update updated install installs installed installing \
            release released releases downgrade section sections chapter clause article figure rule oid paragraph \
            firmware build bump bumped patch patched requires revision mise installe installer identifier fix fixes fixed since merged broke broken
            """
        ),
        (
            .topic(.internet),
            """
            ip ips ipv host hosts server servers serveur address addr client remote gateway dns ping ssh subnet \
            node peer inet nameserver router routeur hote adresse
            """
        ),
        (.topic(.postal), "zip zipcode postal postcode postalcode postale codepostal"),
        (.topic(.number), "number numero numeros num no"),
    ]

    private static let streetEntries: [(Meaning, String)] = [
        (
            .streetType,
            """
            street st str avenue ave av road rd boulevard blvd boul drive dr lane ln crescent cres court crt ct way \
            trail trl tr terrace terr ter parkway pkwy pky highway hwy circle cir cr allee place pl row square sq close grove \
            gdns gardens mews walk wharf quay wynd bypass byway circuit esplanade expressway freeway laneway loop \
            promenade ridge rdg rise sideroad townline turnpike tpke crossing xing cove hollow landing pathway \
            private dell bend gate glen heights hts knoll common commons alley aly concession conc rte route \
            thoroughfare sdrd turn path parade causeway cswy plaza plz trace trce trafficway viaduct vw chase
            """
        ),
        (
            .weakStreetType,
            """
            abbey acres bay beach campus centre center corners dale downs end estates extension farm field forest \
            front glade green grounds harbour heath highlands hill inlet island key limits line link lookout mall \
            manor maze meadow moor mount mountain orchard park pass passage pines plateau point port range ramp run \
            spring springs spur subdivision thicket towers vale via view village villas vista wood woods isle fort \
            ferry falls creek crest lake lakes station
            """
        ),
        (.plainStreetType, "street avenue ave road rd blvd boulevard boul crescent cres pkwy parkway lane ln terrace"),
        (
            .abbreviation,
            "st str ave av rd blvd boul dr ln cres crt ct tr trl terr ter pkwy pky hwy cir cr pl sq gdns rdg hts tpke"
        ),
        (.shortStreetType, "st dr ct cir cr"),
        (.smallStreetType, "drive row place court way trail circle square close grove mews gardens hill"),
        (.bareEnglishType, "street st avenue ave road rd drive dr lane crescent cres boulevard blvd"),
        (.famousStreet, "wall sesame abbey downing fleet bourbon easy main high"),
        (.onStreet, "on at off near along down up from of and to between behind past"),
        (.onHost, "on at sur"),
        (
            .frenchStreetType,
            """
            rue avenue av ave boulevard boul bd blvd chemin ch chem rang montee allee impasse ruelle croissant \
            promenade terrasse sentier autoroute rondpoint cr esplanade
            """
        ),
        (
            .weakFrenchStreetType,
            "place pl cote passage route rte quai cours square carre voie parc cercle cour faubourg"
        ),
        (.bareStreetType, "rue boulevard boul avenue chemin ruelle impasse"),
        (.numberedRoad, "highway hwy line concession conc sideroad route rte rang road rd avenue autoroute rue street"),
        (
            .unit,
            """
            apt apts apartment unit suite ste bureau app appt appartement local room floor etage unite porte bldg \
            building lot flat penthouse ph rm fl
            """
        ),
        (
            .direction,
            "n s e w o ne nw se sw no so north south east west northeast northwest southeast southwest nord sud est ouest"
        ),
        (.particle, "de des du la le les l d a au aux sur en et st ste saint sainte von van"),
        (
            .stopword,
            """
            de des du la le les l d a au aux sur en et est un une il elle je tu on nous vous que qui pour dans avec \
            of the and or to in on at is was for from with by ou mais si ne pas plus
            """
        ),
        (.beforeYear, "copyright in since until during year before after circa en depuis vers annee by avant apres"),
        (
            .beforeAddress,
            "at live lives lived living address to near address adresse habite habitons demeure au domicile from on is"
        ),
        (.postOffice, "po"),
        (.box, "box"),
        (.ruralRoute, "rr"),
        (.boxPlace, "site comp compartment stn station succ succursale box rr po"),
        (.general, "general"),
        (.delivery, "delivery"), (.postOfficeCase, "case boite"), (.postWord, "post"), (.officeWord, "office"),
        (.boxInitials, "cp bp"),
    ]

    private static let placeEntries: [(Meaning, String)] = [
        (
            .stateCode,
            """
            al ak az ar ca co ct de dc fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd \
            oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy pr
            """
        ),
        (.wordlikeCode, "de hi id in la me ma oh ok or pa"),
        (
            .stateName,
            """
            alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho \
            illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota \
            mississippi missouri montana nebraska nevada hampshire jersey mexico york carolina dakota ohio oklahoma \
            oregon pennsylvania rhode tennessee texas utah vermont virginia washington wisconsin wyoming
            """
        ),
        (.phoneExtension, "ext extn extension x poste"),
    ]

    private static let dateEntries: [(Meaning, String)] = [
        (.month(1), "january jan janvier janv"), (.month(2), "february feb fevrier fevr fev"),
        (.month(3), "march mar mars"), (.month(4), "april apr avril avr"), (.month(5), "may mai"),
        (.month(6), "june jun juin"), (.month(7), "july jul juillet juil"), (.month(8), "august aug aout"),
        (.month(9), "september sep sept septembre"), (.month(10), "october oct octobre"),
        (.month(11), "november nov novembre"), (.month(12), "december dec decembre"),
        (.ordinalSuffix, "st nd rd th er re ere e eme ieme"), (.of, "of de"),
        (
            .otherDate,
            """
            died death deceased admitted discharged hired joined issued expires expiry expired moved married visit \
            appointment decede decedee admis admise embauche expire marie rendez released launched published founded premiered fonde publie since depuis
            """
        ),
        (.born, "ne nee nes nees"), (.le, "le"),
    ]
}
