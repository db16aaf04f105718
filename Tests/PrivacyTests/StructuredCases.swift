/// Texts whose entities stand between `⟦` and `⟧`; `⏎` is the end of a line.
enum StructuredCases {
    static let emails = """
        Write to ⟦a.b@example.com⟧.
        ⟦first.last+tag@sub.example.co.uk⟧
        <⟦jo_e-2@example.org⟧>
        "Jo" <⟦jo@example.net⟧>, Al <⟦al@example.net⟧>
        mailto:⟦info@example.ca⟧?subject=Hi
        email=⟦x1@example.com⟧&next=2
        {"email":"⟦o'neil@example.com⟧"}
        'quoted ⟦jo@example.com⟧'
        ('⟦jo@example.com⟧')
        Courriel : ⟦andré.lévesque@exemple.ca⟧
        «⟦jo@example.com⟧»
        “⟦jo@example.com⟧”
        ⟦MARIA@EXAMPLE.COM⟧!
        user ⟦9055550142@txt.example.com⟧ texted
        ⟦jo@bücher.example⟧
        ⟦jo@xn--bcher-kva.example⟧
        Contact:⟦jo@example.com⟧;⟦al@example.com⟧
        ⟦_jo@example.com⟧, ⟦jo_@example.com⟧
        see [⟦jo@example.com⟧](mailto:⟦jo@example.com⟧)
        ⟦jo%al@example.com⟧
        git log --author=⟦dev@example.com⟧
        ⟦d@example.museum⟧ and ⟦e@example.io⟧...
        ⟦jo@example.com⟧, ext
        ⟦jo.smith@example.com⟧'s mailbox
        postgres://⟦maria@example.com⟧:secret@db/x
        """
    static let notEmails = """
        git clone git@github.com:org/repo.git
        yarn add @vue/shared@3.4.21 react@18.2.0
        lodash@4.17.21 and @types/node@20.1.1
        ssh root@server
        scp file deploy@host.example.com:/var/www
        postgres://user:pw@db.example.com/app
        mysql://root:hunter2@db.example.com:3306/app
        @Override public void run() {}
        @app.route("/x")
        follow @someone
        a@b
        foo@bar@baz
        3 @ 4.99 each
        user@localhost
        price@2.50
        @example.com
        jo@.com
        jo@example.
        jo@-example
        icon@2x.png
        docker pull repo@sha256:9fceb02d0ae598e95dc970b74767f193
        """
    static let phones = """
        Call ⟦613-555-0142⟧ now
        Ring ⟦613·555·0142⟧ now
        ⟦(613) 555-0142⟧
        (⟦613-555-0142⟧)
        ⟦1-613-555-0142⟧
        ⟦+1 613 555 0142⟧
        ⟦+1 (613) 555-0142⟧
        ⟦+1(613)555-0142⟧
        ⟦+1.613.555.0142⟧
        ⟦+16135550142⟧
        ⟦613.555.0142⟧
        ⟦613 555 0142⟧
        ⟦613 555-0142⟧
        ⟦613/555-0142⟧
        ⟦(613)555-0142⟧
        ⟦(613)-555-0142⟧
        ⟦613 - 555 - 0142⟧
        ⟦613 555 0142⟧
        ⟦613‑555‑0142⟧
        ⟦613–555–0142⟧
        ⟦613-555-0142 x44⟧
        ⟦613-555-0142x44⟧
        ⟦613-555-0142, ext. 1234⟧
        ⟦613-555-0142 extension 12⟧
        ⟦514 555-0142, poste 321⟧
        ⟦514 555-0142 (poste 321⟧)
        ⟦613-555-0142 #12⟧
        Tel.: ⟦613-555-0142⟧; Fax: ⟦613-555-0143⟧
        tel:⟦+1-613-555-0142⟧
        tel-⟦613-555-0142⟧
        Tél.⟦514-555-0142⟧
        cell ⟦6135550142⟧
        my number is ⟦6135550142⟧
        {"phone":"⟦6135550142⟧"}
        {"phoneNumber": ⟦6135550142⟧}
        phone_number: ⟦16135550142⟧
        ⟦6135550142⟧ is my cell
        reach me at ⟦6135550142⟧ or ⟦6135550143⟧
        call ⟦555-0142⟧ after six
        ⟦1-800-555-0199⟧
        toll-free ⟦1 (888) 555-0142⟧
        mobile: ⟦07700 900123⟧
        ring me on ⟦020 7946 0958⟧
        ⟦(020) 7946 0958⟧
        ⟦+44 20 7946 0958⟧
        ⟦+44 (0)20 7946 0958⟧
        ⟦+44 7700 900 123⟧
        ⟦+33 1 99 00 12 34⟧
        ⟦01 99 00 12 34⟧
        ⟦06.39.98.12.34⟧
        ⟦+33 (0)6 39 98 12 34⟧
        ⟦0033 6 39 98 12 34⟧
        ⟦011 44 20 7946 0958⟧
        ⟦00 44 20 7946 0958⟧
        ⟦+91 98765 43210⟧
        ⟦+234 803 555 0142⟧
        ⟦+61 491 570 156⟧
        ⟦+49 30 23125 012⟧
        ⟦+52 55 1234 5678⟧
        ⟦+86 138 0013 8000⟧
        ⟦+509 3455 0142⟧
        ⟦+353 20 912 1234⟧
        text ⟦0491 570 156⟧ please
        Cellulaire : ⟦438 555-0199⟧.
        Appelez le ⟦819 555 0142⟧ entre 9 h et 17 h
        Appelle-moi au ⟦4505550142⟧
        tél. ⟦514 555 01 42⟧
        For order questions call ⟦613-555-0142⟧
        call 2 of us: ⟦613-555-0142⟧
        home/work: ⟦613-555-0142⟧/⟦613-555-0143⟧
        1. ⟦613-555-0142⟧⏎2. ⟦613-555-0143⟧
        name,phone,city⏎Jo,⟦6135550142⟧,x⏎Al,⟦6135550143⟧,y
        | name | phone |⏎|---|---|⏎| Jo | ⟦6135550142⟧ |
        Phone⏎⟦6135550142⟧
        WhatsApp: ⟦+1 613-555-0142⟧ / Signal: ⟦+1 613-555-0143⟧
        tel ⟦613.555-0142⟧
        UK mobile ⟦07700900123⟧
        phone: ⟦+91-98765-43210⟧
        ⟦+1-902-555-0177 ext.5⟧
        ⟦613-5550142⟧ is my cell
        call me at ⟦5550142⟧
        Tel: ⟦0161 496 0999⟧
        ⟦04 68 55 01 42⟧
        ⟦+39 06 698 12345⟧
        WhatsApp ⟦44 7700 900123⟧
        ⟦07700 900123⟧
        ⟦020 7946 0958⟧
        ⟦0113 496 0123⟧
        ⟦(02) 5550 1234⟧
        ⟦+1 613 555 01 42⟧
        ⟦613-555-0142 (ext. 44⟧)
        Order confirmed. Questions? ⟦613-555-0142⟧
        Your order is late, ⟦613-555-0142⟧
        """
    static let notPhones = """
        Order 6135550142 ships
        order number 613-555-0142
        tracking 6135550142
        invoice # 4165550123
        Facture no 5145550142
        a ticket 9055550142 is open
        ids = [6135550142, 4165550199]
        {"id": 6135550142, "ts": 1714521600}
        epoch 1714521600 and 1714521600123
        array [416, 555, 1234]
        const codes = [555, 613, 5550142]
        ISBN 978-3-16-148410-0
        isbn 0-306-40615-2
        2024-05-01 12:00:00
        2024-05-01T12:00:00+0200
        12:00:00 -0500
        $613,555,014
        613,555,0142 rows
        1.613.555
        pi is 3.1415926535
        45.4215, -75.6972
        0x6135550142
        version 613.555.1420
        550e8400-e29b-41d4-a716-446655440000
        55008400-1234-4567-8901-446655440000
        part 613-555-0142-77
        a613-555-0142
        613-555-01422
        113-555-0142
        613-155-0142
        911-555-0142
        x + 5 = 12
        C++20 and C++17
        +5 points, +12 %
        f(+1)
        SHA 6135550142abcdef
        2,147,483,647 and 4294967296
        123-4567
        2019-2020-2021
        pages 613-555
        port 8080, 8443
        1000 2000 3000
        100 200 3000
        rows 613 555 0142 233 444
        <Buffer a0 01 00 00 00 50 32>
        01 02 03 04 05 06 07 08
        numbers 0123456789
        Clause 252.227-7013
        Call the function with 4165550199
        phone-2024-05-01.log
        regex [0-9]{3}-[0-9]{4}
        """
    static let socialSecurity = """
        SSN ⟦078-05-1120⟧
        ssn: ⟦078051120⟧
        social security number ⟦078 05 1120⟧
        My social is ⟦078-05-1120⟧.
        it was ⟦078-05-1120⟧ on the form
        {"ssn":"⟦078-05-1120⟧"}
        {"ssn": "⟦078051120⟧"}
        S.S.N. ⟦078 05 1120⟧
        ITIN ⟦987-65-4320⟧
        ⟦987-65-4321⟧
        SSN ⟦666-12-3456⟧
        ⟦078-05-1120⟧ is my SSN
        ⟦078051120⟧ is my SSN
        socialSecurityNumber=⟦078051120⟧
        name,ssn⏎Jo,⟦078051120⟧
        Last four of ⟦078‑05‑1120⟧
        tax id ⟦123-45-6789⟧
        Soc Sec ⟦123 45 6789⟧
        SSN (⟦123-45-6789⟧)
        VALUES (ssn, phone) (⟦078051120⟧)
        it is ⟦078 05 1120⟧ on the form
        """
    static let notSocialSecurity = """
        ***-**-1234
        XXX-XX-6789
        Rows 12-34-5678 are gone
        000-12-3456
        666-12-3456
        912-12-3456
        123-00-4567
        123-45-0000
        order 123-45-6789
        part number 123-45-6789
        123-45-67890
        1123-45-6789
        A123-45-6789
        123-45-6789-01
        078051120
        size 120 45 2000
        123.45.6789
        Feb 120 45 1999
        1 120 45 3000 12
        """
    static let socialInsurance = """
        SIN ⟦012 345 674⟧
        SIN: ⟦012-345-674⟧
        sin=⟦012345674⟧
        NAS : ⟦930 567 146⟧
        N.A.S. ⟦930567146⟧
        numéro d'assurance sociale ⟦930 567 146⟧
        social insurance number is ⟦555123407⟧
        it is ⟦012 345 674⟧
        it is ⟦711-803-551⟧
        SIN ⟦123 456 789⟧
        mon NAS est le ⟦273-409-187⟧
        {"sin": "⟦273409187⟧"}
        {"employee":{"sinNumber":"⟦273 409 187⟧"}}
        ⟦012 345 674⟧ is her SIN
        nom;nas⏎Jo;⟦273409187⟧
        the slip shows ⟦123 456 782⟧ for box 12
        SIN#⟦123456782⟧
        mon numéro d’assurance sociale (NAS) est le ⟦123 456 782⟧.
        """
    static let notSocialInsurance = """
        123 456 789
        123-456-789
        273409187
        Votre colis : 273409185
        colis 273 409 185
        commande 273-409-185
        273 409 185 $
        273 409 185 habitants
        tracking 273-409-185
        a sin of 1000
        812 345 678
        Math.sin(123456782)
        1 000 000 000 habitants
        Le budget est de 273 409 185 $.
        123 456 782 euros
        """
    static let cards = """
        ⟦4242 4242 4242 4242⟧
        ⟦4242-4242-4242-4242⟧
        card ⟦4242424242424242⟧
        ⟦5555 5555 5555 4444⟧ exp 12/27
        Amex ⟦3714 496353 98431⟧
        ⟦371449635398431⟧
        ⟦6011111111111117⟧
        ⟦3056 930902 5904⟧
        ⟦3530111333300000⟧
        ⟦6200000000000005⟧
        ⟦4222222222222⟧
        ⟦2223003122003222⟧
        {"card_number":"⟦4242424242424242⟧"}
        Ma carte Visa ⟦4242 4242 4242 4242⟧ 12/27 123
        order paid by card ⟦4242424242424242⟧
        ⟦4242 4242 4242 4242⟧
        ⟦42424242 42424242⟧
        ⟦4242 4242 42424242⟧
        card ⟦424242 42424242 42⟧
        """
    static let notCards = """
        4242 4242 4242 4243
        parcel 4242 4242 4242 4242
        tracking number: 4242424242424242
        Colis 5555555555554444
        4242424242424242 is the tracking number
        1234 5678 9012 3456
        1714521600000000
        9999 9999 9999 9995
        id 4242424242424242
        4242 4242 4242 42421
        0x4242424242424242
        42424242-4242-4242-4242-424242424242
        38849 15846 97406
        40211 5381 42893 24486 100
        """
    static let addresses = """
        from ⟦203.0.113.7⟧
        http://⟦203.0.113.7⟧:8080/x
        ⟦198.51.100.0⟧/24
        [⟦192.0.2.1⟧]
        ⟦10.0.0.4⟧, ⟦192.168.1.20⟧
        ssh root@⟦192.0.2.55⟧
        ip=⟦192.0.2.55⟧;
        {"ip":"⟦192.0.2.55⟧"}
        ping ⟦192.0.2.55⟧.
        The server at ⟦192.0.2.55⟧ was updated
        ⟦192.0.2.55⟧ - - [01/Jan/2024:00:00:00 +0000] "GET /"
        ⟦192.0.2.1⟧-⟦192.0.2.9⟧
        ⟦2001:db8::1⟧
        [⟦2001:db8::1⟧]:443
        ⟦2001:db8:0:0:0:0:0:1⟧
        ⟦2001:0db8:85a3:0000:0000:8a2e:0370:7334⟧
        ⟦fe80::1%eth0⟧
        ⟦::ffff:192.0.2.128⟧
        ⟦64:ff9b::192.0.2.33⟧
        ⟦2001:db8::⟧/32
        ⟦FD00::ABCD⟧
        addr: ⟦2001:DB8::8a2e:370⟧, next
        http://[⟦2001:db8::2⟧]/
        inet6 ⟦fe80::a00:27ff:fe4e:66a1⟧
        installed on ⟦203.0.113.45⟧ yesterday
        dig @⟦203.0.113.53⟧ example.com
        Failed login from ⟦203.0.113.45⟧ port 22
        We upgraded ⟦203.0.113.9⟧ yesterday
        """
    static let notAddresses = """
        127.0.0.1 and 127.1.2.3
        0.0.0.0
        255.255.255.255
        mask 255.255.255.0 or 255.255.240.0
        v1.2.3.4
        version 1.2.3.4
        version 1.2.3.4 to 1.3.0.0
        de la version 10.4.2.1 à la 10.5.0.3
        Upgrade to 10.1.2.3
        Installing 3.2.1.0
        pkg==1.2.3.4
        1.2.3.4.5
        256.1.1.1
        01.2.3.4
        192.0.2
        Chrome/120.0.0.0 Safari/537.36
        section 1.2.3.4
        1.2.3.4 Scope of work
        foo-1.2.3.4.tgz
        build 4.5.6.7
        ::1
        [::1]:8080
        ::
        std::vector<int>
        a::b::c
        cafe::bad()
        use dead::beef;
        f32::e
        12:34:56
        00:1A:2B:3C:4D:5E
        00:11:22:33:44:55:66:77
        at 10:30: done
        ratio 1:2:3:4
        MyClass::method
        abc::
        Git 1.8.1.5 Release Notes
        fixed in 1.5.4.1
        ObjectIdentifier(2.5.29.46)
        python 3.11.4.1
        nginx/1.25.3.1
        MAC 3c:22:fb:12:34:56
        Vec::new and abc::def
        """
    static let accounts = """
        ⟦GB29 NWBK 6016 1331 9268 19⟧
        IBAN ⟦FR7630006000011234567890189⟧
        ⟦DE75512108001245126199⟧
        iban: ⟦de75 5121 0800 1245 1261 99⟧
        ⟦NL02ABNA0123456789⟧, thanks
        ⟦CH56 0483 5012 3456 7800 9⟧.
        ⟦BE71-0961-2345-6769⟧
        IBAN: ⟦GB29 NWBK 6016 1331 9268 18⟧
        {"iban":"⟦ES7921000813610123456789⟧"}
        mon IBAN est ⟦FR76 3000 6000 0112 3456 7890 189⟧
        """
    static let notAccounts = """
        GB29 NWBK 6016 1331 9268 18
        GB29 is a plate
        AD12
        de75512108001245126199ff
        commit de75512108001245126198
        XX29 NWBK 6016 1331 9268 19
        GB18 and FR22
        UUID 123e4567-e89b-12d3-a456-426614174000
        """
    static let healthNumbers = """
        OHIP ⟦9876543217⟧
        Health card: ⟦9876-543-217-XY⟧
        health card ⟦9876 543 217 XY⟧
        ⟦9876-543-217⟧
        ⟦5550-012-347-AB⟧
        RAMQ ⟦TREM 5501 2312⟧
        NAM : ⟦ROYJ55512312⟧
        ⟦TREM 5551 2312⟧
        carte d'assurance maladie ⟦TREM-5551-2312⟧
        carte soleil ⟦trem 5551 2312⟧
        PHN ⟦9123 456 789⟧
        BC Services card PHN: ⟦9698 387 074⟧
        Alberta health number ⟦12345-6789⟧
        AHCIP ⟦123456789⟧
        MCP ⟦123 456 789 012⟧
        MSI ⟦0012 345 678⟧
        PEI health card ⟦12345678⟧
        Manitoba Health PHIN ⟦123456789⟧, registration
        Medicare number is ⟦123456789⟧
        NWT health care ⟦N1234567⟧
        NHS number ⟦943 476 5919⟧
        NHS ⟦9434765919⟧
        {"health_card_number": "⟦9876543217⟧"}
        healthCardNumber: ⟦9876-543-217⟧
        numéro de carte santé ⟦9876 543 217⟧
        Saskatchewan HSN ⟦123 456 789⟧
        P.H.N. ⟦9123456789⟧
        patient,ohip⏎Jo,⟦9876543217⟧
        Care card ⟦9698387076⟧
        numéro d'assurance maladie: ⟦TREM 5551 2312⟧
        NB Medicare ⟦123-456-789⟧
        The number on her health card, which she gave us yesterday, is ⟦9876 543 217⟧
        """
    static let notHealthNumbers = """
        9876543217
        1234-567-890
        order 9876-543-217
        ABCD 9999 9999
        ABCD 1234 567
        TEST 2024 1301
        health score 85 of 100
        health check at 10:30
        Health spending rose to 1200000
        N1234567
        patient 12 of 300
        Health spending rose to 12000000 dollars
        medical costs of 123 456 789
        """
    static let births = """
        born ⟦1941-04-03⟧
        DOB: ⟦04/03/1941⟧
        D.O.B. ⟦3 April 1941⟧
        date of birth: ⟦April 3, 1941⟧
        She was born on ⟦3 April 1941⟧ in Moose Jaw
        born on the ⟦3rd of April, 1941⟧
        Born: ⟦Apr 3, 1941⟧
        born ⟦April 3rd, 1941⟧
        my birthday is ⟦May 4, 1990⟧
        birthday: ⟦May 4⟧
        née le ⟦1er mai 1988⟧
        né le ⟦30 octobre 1988⟧ à Alma
        nee le ⟦30/10/1988⟧
        Date de naissance : ⟦30-10-1988⟧
        ddn ⟦1988-10-30⟧
        DDN : ⟦30 oct. 1988⟧
        {"birth_date": "⟦1988-10-30⟧"}
        {"dateOfBirth":"⟦1988-10-30⟧T00:00:00Z"}
        dob=⟦19881030⟧
        birthdate: ⟦1988/10/30⟧
        DOB ⟦30.10.1988⟧
        DOB ⟦30-Oct-1988⟧
        DOB ⟦30OCT1988⟧
        DOB ⟦10/30/88⟧
        ⟦1988-10-30⟧ (DOB)
        date of birth is ⟦October 30, 1988⟧
        dob: ⟦1988-10-30⟧, admitted 2024-05-01
        born ⟦1988-10-30⟧ and ⟦1990-01-02⟧
        name,dob,joined⏎Jo,⟦1988-10-30⟧,2020-01-01⏎Al,⟦1990-01-02⟧,2021-01-01
        birthdays: Jo ⟦May 4, 1990⟧
        naissance le ⟦30 octobre 88⟧
        b. ⟦12/03/1975⟧
        Date de naiss. : ⟦12/03/1975⟧
        (DOB ⟦12-03-75⟧)
        The patient (born ⟦March 12, 1975⟧) was admitted on March 3, 2024
        née le ⟦30-oct.-1988⟧
        born in a small village near the coast of Labrador on ⟦May 3, 1960⟧
        Date of birth (YYYY-MM-DD): ⟦1975-03-12⟧
        naissance: ⟦12 mars 1975⟧, décès: 3 mai 2020
        DATE DE NAISSANCE : ⟦12 MARS 1975⟧
        ⟦12 March 1975⟧ is when I was born
        ⟦March 12, 1975⟧ – date of birth
        ⟦1975-03-12⟧: DOB
        """
    static let notBirths = """
        2024-05-01
        on April 3, 1941 the fleet left
        born in 1941
        aged 83
        born in May
        The meeting is on May 4, 2024
        le 1er mai 2024
        il ne viendra pas le 30 octobre 1988
        on ne le fera pas avant le 3 mai 2024
        Released 2024-05-01. Born to run
        DOB unknown, admitted 2024-05-01
        born in 1985, she moved here on March 3, 2010
        updated 2024/05/01 12:00
        birth rate 1.5 in 2020
        He died 1999-01-02
        Shakespeare was born on April 23, 1564
        a, b, sep2 = text
        A star is born: released October 5, 2018
        The band was born on a Tuesday
        On May 4, 2024 we met
        March 3, 1999
        """
    static let streets = """
        at ⟦14 Larch Street⟧.
        ⟦2207 Ridgemont Dr, Unit 6⟧, Guelph
        ⟦Apt 3B – 305 Ferry Pkwy W⟧
        ⟦Unit 4, 18 Birch Rd.⟧, Barrie
        ⟦4-305 Ferry Road⟧
        ⟦#4-305 Ferry Road⟧
        ⟦221B Larch Street⟧
        ⟦12-14 Larch Street⟧
        ⟦1200 5th Ave NW⟧
        ⟦305 N Main St⟧
        ⟦100 East 42nd Street⟧
        ⟦77 St. Clair Ave. E⟧. Toronto
        ⟦9 O'Brien Lane⟧
        ⟦88 Sir John Blvd, Suite 200⟧
        ⟦52123 Range Road 233⟧
        ⟦1234 Highway 7⟧
        ⟦60 County Road 14⟧
        ⟦14 Larch Row⟧
        ⟦7 Maple Grove Crescent⟧
        live at ⟦14 Heron Hill⟧
        ⟦14 Heron Bay⟧, Kenora
        i live at ⟦14 larch street⟧
        ship to ⟦305 ferry pkwy⟧
        ⟦18 birch rd⟧
        ⟦14 Larch St⟧
        ⟦14 Larch St., Apt. 5⟧
        ⟦14 Larch St #5⟧
        ⟦10 Martin Luther King Jr. Blvd⟧
        ⟦10 Avenue Road⟧
        ⟦412, rue des Érables⟧
        ⟦412 rue des érables⟧
        ⟦12 rue principale⟧
        au ⟦9, chemin de la Grève⟧
        ⟦1205 boul. Jean-Talon Ouest, bureau 300⟧
        ⟦1205, boulevard Jean-Talon O.⟧, Montréal
        ⟦33, rang Saint-Ours⟧
        ⟦33, 4e Rang Est⟧
        ⟦1205, 3e Avenue Ouest⟧
        ⟦45, 1re Rue⟧
        ⟦8, montée du Calvaire⟧
        ⟦8, côte de la Fabrique⟧
        ⟦15, place du Marché⟧
        ⟦15, allée des Cèdres, app. 4⟧
        ⟦77, av. de l'Église⟧
        ⟦77 avenue D'Argenson⟧
        ⟦310, rue Notre-Dame-des-Neiges⟧
        ⟦310, rue Saint-Jean-sur-Richelieu⟧
        sur la ⟦rue Saint-Paul⟧
        coin ⟦rue Ontario⟧ et ⟦boulevard Pie-IX⟧
        ⟦PO Box 42⟧, Haines Junction
        ⟦P.O. Box 42⟧
        ⟦P. O. Box 42⟧
        ⟦C.P. 42⟧
        ⟦CP 42⟧
        ⟦case postale 42⟧
        ⟦RR 3⟧
        ⟦R.R. #2⟧, Elora
        ⟦RR#1 Site 12 Comp 4⟧
        ⟦PO Box 42 Stn A⟧
        ⟦C.P. 42, succ. Centre-ville⟧
        ⟦General Delivery⟧, Tofino
        ⟦5 Queen's Park Crescent West⟧
        ⟦Unit 12 - 450 Granville St⟧, Vancouver
        ⟦10025 106 Street NW⟧
        ⟦10025 - 106 Street NW⟧
        ⟦2200 14A Street⟧
        ⟦Site 5 Comp 8 RR 3⟧
        ⟦Box 300⟧, Iqaluit
        ⟦55, route 132 Est⟧
        ⟦500, Grande Allée Est⟧
        on ⟦Maple Avenue⟧
        corner of ⟦Bank St⟧ and ⟦Sunnyside Ave⟧
        ⟦8 chestnut dr⟧
        ⟦1600 larch ave nw⟧
        we live at ⟦14 larch row⟧ now
        J'HABITE AU ⟦12, RUE DES ÉRABLES⟧
        LIVING AT ⟦14 LARCH STREET, APT 5⟧
        ⟦100 5e Rang⟧
        ⟦#204 - 123 Main St⟧
        ⟦123 Main St., 3rd Floor⟧
        ⟦1234A Main St⟧
        ⟦14 Larch St N.⟧, Thunder Bay
        ⟦Post Office Box 77⟧
        ⟦P.O.Box 77⟧
        at ⟦14 Mill Road⟧.
        ⟦123 Main Street, Rm 5⟧
        """
    static let notStreets = """
        3 Mile Island
        In 2019 Wall Street fell
        12 angry men on the road
        100 people in the street
        2 hard drive bays
        a 4 lane road
        3 routes Cisco
        5 cours Python
        2 places libres
        Chapter 4 The Way
        1 way to do it
        10 Downing
        20 ways to park
        30 St
        5 minutes drive
        le rang de 3
        la rue est longue
        the avenue of approach
        Box 12
        In May 2020 Main Street was closed
        0 results
        he rang 4 times
        2 Park
        6 Field names
        7 Line items
        Copyright (C) 2019 Elm Grove
        1991-1997, Thomas G. Lane.
        set it to 0 disables stack trace
        CP1252
        at an impasse. The end
        on Wall Street
        2 hard drive
        12 Chapters of The Road
        BP 120/80
        2 rue ou 3
        route 132
        la case postale du bureau
        Unit 3 covers cells; unit 4 covers genes
        the Wall Street Journal
        au chemin de fer
        """
    static let codes = """
        ⟦K2P 1L4⟧
        ⟦K2P1L4⟧
        ⟦k2p 1l4⟧
        ⟦K2P-1L4⟧
        postal code ⟦k2p1l4⟧
        Minot, ND ⟦58503⟧
        Minot, ND ⟦58503-1234⟧
        Minot ND ⟦58503⟧
        Portland, OR ⟦97205⟧
        Portland, Oregon ⟦97205⟧
        Fargo, North Dakota ⟦58102⟧
        zip ⟦10001⟧
        {"zip": "⟦02134⟧"}
        zip_code: ⟦02134-1000⟧
        ⟦SW1A 1AA⟧
        ⟦M1 1AE⟧
        ⟦EC1A 1BB⟧
        ⟦B33 8TH⟧
        code postal ⟦75011⟧
        ⟦12, rue de Rivoli⟧, ⟦75004⟧ Paris
        Toronto ON ⟦M5V  2T6⟧
        New York, New York ⟦10001⟧
        Washington, DC ⟦20001⟧
        Boise, ID, ⟦83702⟧
        """
    static let notCodes = """
        a1b2c3
        id-A1B2C3
        sha A1B2C3D4
        D2F 1A1
        W1A 1A1 is a plane
        Z1A 1A1
        58503
        order 58503
        INSERT INTO x VALUES 10000
        IN 12345
        or 97205
        about 10001 people
        QQ1 1AA
        H2O 2CO
        B2B 4U
        X1Y2Z3-99
        MP3 4 me
        H2O and CO2 in K9 units
        commit e2b1c4
        5NL 3ABC
        the B2B SaaS
        """
}
