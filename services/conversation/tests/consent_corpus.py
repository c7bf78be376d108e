"""Texts as people write them, each with the only right reading. Kept apart from the rules, so that neither hides in
the other. `unclear` accepts a person being asked; it is never counted as an opt-out.
"""

OUT = """
please stop texting me
Stop texting me
STOP TEXTING ME!!!
pls stop txting me
can you stop texting me
Could you please stop sending me messages?
stop sending these
stop sending me texts
Stop with the messages
stop messaging this number
stop contacting me please
quit texting me
I asked you to stop texting me
I told you to stop messaging me
Please stop. Thank you
Stop please
ok stop
Stop. I'm not interested
Stop it
Stop!!! Enough
take me off your list
Take me off this list please
please take me off of your mailing list
remove me from your list
Remove me from this list now
please remove my number
Remove my number from your database
delete my number
lose my number
no more messages
No more texts please
no more of these texts
leave me alone
Leave me alone!!
please leave us alone
no mas
No más
no más mensajes
no más por favor
basta
dejen de mandar mensajes
deja de escribirme
no me manden mensajes
ya no me escriban
no quiero más mensajes
no quiero recibir mensajes
quítenme de la lista
unsubscribe me
Please unsubscribe
i want to unsubscribe
how do i unsubscribe
Unsubscribe me from this
opt me out
I want to opt out
I'd like to opt out of these messages
I am opting out
optout
don't text me anymore
Do not text me again
dont text me
Don't ever text me again
Don’t contact me again
do not message me
never text me again
please do not contact me anymore
don't send me any more messages
dont send me texts
I don't want any more texts
I do not want to receive these messages
I dont want your texts
I no longer wish to receive texts
I no longer want to get messages from you
I do not want to be contacted
I don't want to be texted
I revoke my consent
I withdraw consent to be contacted
I do not consent to these messages
Stop spamming me
stop harassing me
Stop bothering me
quit bothering me
stop these texts
stop all messages
Stop the spam
Hi, please stop texting me, thanks
I never signed up for this, stop texting me
You have the wrong person, stop texting me
who is this? stop texting me
Stop, please
go away
remove me
take me off
fuck off
Enough. Stop texting
unsuscribe please
stop sending messages to this phone
stop blowing up my phone
please cease and desist all texts
don't bother me
get me off this list
please drop me from your list
""".strip().splitlines()

NONE = """
don't stop
Don't stop texting me, I love it
please don't stop the messages
restart my order
stop by the store
I'll stop by the store tomorrow
Can I stop by after 5?
cancel my appointment
Please cancel my appointment for Friday
cancel my order
I want to cancel my subscription box this month
where is the bus stop
Is there a stop near you
nonstop flights
My order stopped shipping?
Did the rain stop there?
why did you stop texting me
did you stop sending messages
I haven't had any messages from you
there are no more messages on my phone
I got no more texts after Monday
I have no more questions
no more questions, thanks
what time do you open
Yes please
no
No thanks
not today
I need help with my order
remove the onions please
Remove the second item from my cart
please remove one guest from the booking
take the 9am slot off please
take 10% off my list price
can you take me to the airport
leave it at the door
Leave the package with my neighbor
don't leave me hanging
Don't leave me alone on this one
is the end date the 5th?
I'll be there at the end of the day
end of the month works
quit smoking program details?
how do I quit smoking
please text me when it's ready
Text me the address
message me tomorrow
Send me more messages like this
I want more texts about deals
yes send me the list
put me on your list
add me to the list
am I still on the list?
do you opt for gluten free
opt in
what are my options
help
Hello
Can you reply by text
I can't stop laughing
It won't stop beeping
the machine won't stop
My car stopped working
stop light is broken
Stop-and-go traffic, running late
we had to make a pit stop
full stop
How do I stop the water leak?
the pump doesn't stop
please stop the water supply to my unit
Can you stop the delivery?
stop payment on check 1044
I never got my package
never mind
no mas quiero saber el precio
nomas queria preguntar
quiero más información
para mañana está bien
¿Tienen espacio para dos?
Alto Street 5 is my address
I left a message
your message was cut off
the last message didn't load
ok thanks
unsubscribed by mistake, can I get back on
I consent
my contact is jane@example.com
I changed my mind about the color
I want out of the 3pm slot
count me out of the dinner on Friday
""".strip().splitlines()

UNCLEAR = """
not interested
I'm not interested
Wrong number
You have the wrong number
Don't text me at night
don't text me until tomorrow
Please don't text me after 9pm
stop calling me
dont call me
This is spam
I'm going to report you
take me off the waiting list
remove me from the wait list
stop texting my wife
don't message me about shoes, only shirts
so many texts
Stop, that's not the size I ordered
stop sending emails to my email list
who gave you my number?
do not contact my office, use this number
""".strip().splitlines()
