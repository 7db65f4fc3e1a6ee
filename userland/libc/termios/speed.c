/* cfgetispeed and its kin */
#include <termios.h>

speed_t cfgetispeed(const struct termios *attributes)
{
    return attributes->c_ispeed;
}

speed_t cfgetospeed(const struct termios *attributes)
{
    return attributes->c_ospeed;
}

int cfsetispeed(struct termios *attributes, speed_t speed)
{
    attributes->c_ispeed = speed;
    return 0;
}

int cfsetospeed(struct termios *attributes, speed_t speed)
{
    attributes->c_ospeed = speed;
    return 0;
}
